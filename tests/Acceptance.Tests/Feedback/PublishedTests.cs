using System.Text.Json;

namespace PortalServices.Acceptance.Tests.Feedback;

/// <summary>Everybody finds what was published, by words, by heading, and while they type a title.</summary>
[Usually(Shape.Services)]
public sealed class PublishedTests(Portals portals)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryShape]
    public async Task An_answer_is_followed_by_its_receipt_and_found_when_it_is_published(Shape shape)
    {
        var visitor = await Visitor.OfNewSiteAsync(portals, shape, Cancel);
        var fields = Visitor.Fields("Miễn giảm học phí");
        fields["category"] = "hoc-phi";
        var receipt = await visitor.ReceiptAsync(fields);
        var list = await visitor.Portal.ReadAsOperatorAsync(visitor.Site, "feedback?category=hoc-phi", Cancel);
        var id = list.Json.GetProperty("items")[0].GetProperty("id").GetString();
        await StepAsync("start", null);
        await StepAsync("answer", new { text = "Được miễn theo Nghị định 81." });
        await StepAsync("publish", null);

        var own = (await visitor.ReadAsync($"/{receipt}")).Json;
        Assert.Equal(
            ["received", "inProgress", "answered", "published"],
            own.GetProperty("timeline").EnumerateArray().Select(step => Text(step, "status"))
        );
        Assert.Equal("hoc-phi", Text(own, "category"));
        var found = (await visitor.ReadAsync("?q=mien+nghi+dinh&category=hoc-phi")).Json.GetProperty("items");
        Assert.Equal("Miễn giảm học phí", Text(Assert.Single(found.EnumerateArray()), "title"));
        Assert.Empty((await visitor.ReadAsync("?q=mien&category=khac")).Json.GetProperty("items").EnumerateArray());
        // By no word that only operators see.
        Assert.Empty((await visitor.ReadAsync("?q=nguyen+van+an")).Json.GetProperty("items").EnumerateArray());
        var similar = (await visitor.ReadAsync("/similar?title=giam%20hoc%20phi")).Json.GetProperty("items");
        Assert.Equal("Được miễn theo Nghị định 81.", Text(similar[0], "answer"));

        async Task StepAsync(string step, object? body)
        {
            var reply = await visitor.Portal.WriteAsOperatorAsync(
                visitor.Site,
                $"feedback/{id}/{step}",
                body,
                Cancel,
                ("If-Match", "*")
            );
            Assert.True((int)reply.Status == 200, reply.ToString());
        }
    }

    [Theory, EveryShape]
    public async Task Wrong_questions_are_refused_by_a_code(Shape shape)
    {
        var visitor = await Visitor.OfNewSiteAsync(portals, shape, Cancel);
        foreach (
            var (path, code) in new[]
            {
                ($"?q={new string('x', 201)}", "invalid_search"),
                ($"/similar?title={new string('x', 201)}", "invalid_search"),
                ("?q=a&page=0", "invalid_paging"),
                ("?q=a&after=x", "invalid_cursor"),
            }
        )
        {
            var reply = await visitor.ReadAsync(path);
            Assert.Equal((400, code), ((int)reply.Status, reply.Code));
        }
        var fields = Visitor.Fields();
        fields["category"] = "khong-co";
        var refused = await visitor.SendAsync(fields);
        Assert.Equal((400, "invalid_fields"), ((int)refused.Status, refused.Code));
        Assert.True(refused.Json.GetProperty("errors").TryGetProperty("category", out _));
    }

    private static string? Text(JsonElement of, string field) => of.GetProperty(field).GetString();
}
