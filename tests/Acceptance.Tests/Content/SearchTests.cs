using System.Text;

namespace PortalServices.Acceptance.Tests.Content;

/// <summary>One search suite: the same results in the same order on both databases.</summary>
public sealed class SearchTests(Portals portals)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryShape]
    public async Task Words_are_found_in_every_spelling_exact_ones_first_then_the_newest(Shape shape)
    {
        var editor = await Editor.OfNewSiteAsync(portals, shape, Cancel);
        await editor.PublishedAsync("Công tác khuyến học", "Quỹ học bổng.");
        await editor.PublishedAsync("Kế hoạch năm", "Theo văn bản 162-KH/TU về khuyến học; khuyen hoc không dấu.");
        await editor.PublishedAsync("Đảng bộ trường", "Sinh hoạt.");
        await editor.PublishedAsync("Dáng vóc học sinh", "Các em đang tập.");
        await editor.PublishedAsync("Tin ngắn", "Học khuyến mại.");

        // Folded: both that have the words next to each other; the one with them in its title comes first.
        Assert.Equal(["cong-tac-khuyen-hoc", "ke-hoach-nam"], await SearchAsync(editor, "\"khuyen hoc\""));
        Assert.Equal(["cong-tac-khuyen-hoc", "ke-hoach-nam", "tin-ngan"], await SearchAsync(editor, "khuyến học"));
        Assert.Equal(
            ["cong-tac-khuyen-hoc", "ke-hoach-nam", "tin-ngan"],
            await SearchAsync(editor, "khuyến học".Normalize(NormalizationForm.FormD))
        );
        Assert.Equal(["dang-voc-hoc-sinh", "dang-bo-truong"], await SearchAsync(editor, "dang"));
        Assert.Equal(["dang-bo-truong", "dang-voc-hoc-sinh"], await SearchAsync(editor, "Đảng"));
        Assert.Equal(["dang-voc-hoc-sinh", "dang-bo-truong"], await SearchAsync(editor, "ĐANG"));
        Assert.Equal(["ke-hoach-nam"], await SearchAsync(editor, "162-KH/TU"));
        Assert.Equal(["ke-hoach-nam"], await SearchAsync(editor, "162-kh/tu"));
        Assert.Empty(await SearchAsync(editor, "TU/162"));
        Assert.Equal(["tin-ngan", "ke-hoach-nam"], await SearchAsync(editor, "\"học khuyến\""));
        Assert.Empty(await SearchAsync(editor, "\"khuyến mại học\""));
        Assert.Empty(await SearchAsync(editor, "khuyến nông"));
    }

    [Theory, EveryShape]
    public async Task A_changed_text_is_found_by_its_new_words_only(Shape shape)
    {
        var editor = await Editor.OfNewSiteAsync(portals, shape, Cancel);
        var article = await editor.PublishedAsync("Một", "alpha");
        await editor.ChangeAsync(article, new { title = "Hai", body = "beta" });
        Assert.Empty(await SearchAsync(editor, "alpha"));
        Assert.Empty(await SearchAsync(editor, "một"));
        Assert.Equal(["mot"], await SearchAsync(editor, "beta hai"));
    }

    [Theory, EveryShape]
    public async Task Odd_questions_are_harmless(Shape shape)
    {
        var editor = await Editor.OfNewSiteAsync(portals, shape, Cancel);
        await editor.PublishedAsync("Một", "x' OR 1=1 -- \" * NEAR AND NOT : ^ ( )");
        foreach (
            var (text, found) in new[]
            {
                ("!!!", 0),
                ("\"", 0),
                ("- / -", 0),
                ("'", 0),
                ("*", 0),
                ("a*", 0),
                ("x' OR 1=1 --", 1),
                ("\"x' OR", 1),
                ("NEAR AND NOT", 1),
                ("title:x", 0),
                ("   ", 1),
                ("%", 0),
                ("_", 0),
                ("\\", 0),
                ("&|!<->", 0),
                ("\uD83D\uDE00", 0),
                (new string('x', 200), 0),
            }
        )
        {
            Assert.Equal((text, found), (text, (await SearchAsync(editor, text)).Length));
        }
    }

    private static Task<string[]> SearchAsync(Editor editor, string text) =>
        editor.SlugsAsync("q=" + Uri.EscapeDataString(text));
}
