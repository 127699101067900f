using System.Net;
using PortalServices.Testing;
using PortalServices.Testing.Portal;

namespace PortalServices.Acceptance.Tests.Doors;

[Usually(Shape.Services)]
public sealed class DoorTests(Portals portals)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryShape]
    public async Task Health_is_for_machines_and_operators_and_not_for_visitors(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        foreach (var path in new[] { "/health/live", "/health/ready" })
        {
            // Ready means that the parts behind can answer, which a gateway learns at its next look at them.
            await Eventually.BecomesAsync(
                () => portal.Shape.ProbeDoor.GetAsync(path, Cancel),
                reply => reply.Status == HttpStatusCode.OK,
                path,
                Cancel
            );
            Assert.Equal(HttpStatusCode.OK, (await portal.Shape.OperatorsDoor.GetAsync(path, Cancel)).Status);
            AssertProblem(HttpStatusCode.NotFound, "not_found", await portal.Public.GetAsync(path, Cancel));
        }
    }

    [Theory, EveryShape]
    public async Task Operators_find_the_public_addresses_at_their_door_and_machines_do_not(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        Assert.Equal(HttpStatusCode.OK, (await portal.Shape.OperatorsDoor.StatsAsync(site, Cancel)).Status);
        AssertProblem(HttpStatusCode.NotFound, "not_found", await portal.Shape.ProbeDoor.StatsAsync(site, Cancel));
    }

    [Theory, EveryShape]
    public async Task What_is_not_there_is_told_as_a_problem(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        AssertProblem(HttpStatusCode.NotFound, "not_found", await portal.Public.GetAsync("/nothing", Cancel));
        AssertProblem(
            HttpStatusCode.NotFound,
            "not_found",
            await portal.Public.GetAsync($"/api/sites/{site}/nothing", Cancel)
        );
        AssertProblem(
            HttpStatusCode.MethodNotAllowed,
            "method_not_allowed",
            await portal.Public.GetAsync($"/api/sites/{site}/views", Cancel)
        );
    }

    [Theory, EveryShape]
    public async Task Problems_speak_the_readers_language_else_the_sites(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        var texts = new List<(string Language, string Title)>();
        foreach (
            var (place, language) in new[]
            {
                (site, "vi"),
                (site, "en-GB,vi;q=0.5"),
                (site, "fr"),
                ("english", "fr"),
                ("english", "vi"),
            }
        )
        {
            var reply = await portal.Public.GetAsync(
                $"/api/sites/{place}/stats?page=news",
                Cancel,
                ("Accept-Language", language)
            );
            AssertProblem(HttpStatusCode.BadRequest, "invalid_page", reply);
            texts.Add((reply.Header("Content-Language")!, reply.Json.GetProperty("title").GetString()!));
        }
        Assert.Equal(["vi", "en", "vi", "en", "vi"], texts.Select(text => text.Language));
        Assert.Equal(2, texts.Distinct().Count());
    }

    internal static void AssertProblem(HttpStatusCode status, string code, Reply reply)
    {
        Assert.True(reply.Status == status, $"{(int)status} {code} expected: {reply}");
        Assert.Equal(("application/problem+json", code), (reply.MediaType, reply.Code));
        Assert.Equal((int)status, reply.Json.GetProperty("status").GetInt32());
        Assert.NotEqual("", reply.Json.GetProperty("title").GetString());
    }
}
