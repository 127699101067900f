using Microsoft.Playwright;
using PortalServices.Browser.Tests.Fixtures;

namespace PortalServices.Browser.Tests.Feedback;

/// <summary>The form as somebody sees or hears it: by its roles and names.</summary>
internal sealed class FeedbackForm(Product product, ILocator element, FormTexts texts)
{
    public ILocator Element => element;

    public FormTexts Texts => texts;

    /// <summary>The fields of one line or several, in their order, the verification code last.</summary>
    public IReadOnlyList<ILocator> Fields => [.. texts.Fields.Select(Field)];

    public ILocator Code => Field(texts.Code);

    public ILocator Image => element.GetByRole(AriaRole.Img);

    public ILocator Receipt => Field(texts.Receipt);

    public ILocator Field(string name) => element.GetByRole(AriaRole.Textbox, new() { Name = name });

    public ILocator Button(string name) => element.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    /// <summary>Says whether the browser is to compute instead of a verification code.</summary>
    public ILocator UseWork => element.GetByRole(AriaRole.Checkbox);

    /// <summary>Fills in what must be there but the code.</summary>
    public async Task FillAsync(string content = "Trường thu học phí thế nào?")
    {
        await Fields[0].FillAsync("Nguyễn Văn An");
        await Fields[3].FillAsync("Hỏi về học phí");
        await Fields[4].FillAsync(content);
    }

    /// <summary>Types the code that the image shows.</summary>
    public async Task SolveAsync()
    {
        await Assertions.Expect(Image).ToBeVisibleAsync();
        await Code.FillAsync(await product.AnswerAsync(Image));
    }

    public Task SendAsync() => Button(texts.Send).ClickAsync();

    /// <summary>Waits for the receipt, which the portal knows.</summary>
    public async Task<string> HasReceiptAsync(Site site)
    {
        await Assertions.Expect(Receipt).ToBeVisibleAsync();
        var receipt = await Receipt.InputValueAsync();
        var reply = await product.Shape.PublicDoor.GetAsync(
            $"/api/sites/{site.Id}/feedback/{receipt}",
            TestContext.Current.CancellationToken
        );
        Assert.Equal(200, (int)reply.Status);
        return receipt;
    }
}
