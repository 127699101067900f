using Microsoft.AspNetCore.Http.HttpResults;
using PortalServices.ApiDocuments;
using PortalServices.Counting.Http;
using PortalServices.Counting.Model;
using PortalServices.Counting.ReadStats;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.RecordView;

/// <summary>
/// <c>POST /api/sites/{site}/views</c>: records a page view, and answers when it is stored. <c>GET
/// /api/sites/{site}/pixel.gif</c> does so for pages without scripts.
/// </summary>
internal static class RecordViewEndpoint
{
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TryAgainMuchLater = TimeSpan.FromMinutes(1);

    // A transparent GIF89a of one pixel.
    private static readonly byte[] Pixel = Convert.FromBase64String(
        "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
    );

    private static readonly ProblemCode[] Failures =
    [
        CountingProblems.InvalidPage,
        CountingProblems.InvalidViewId,
        CountingProblems.InvalidAge,
        CountingProblems.InvalidReferrer,
        CountingProblems.ViewExpired,
        CountingProblems.TooManyWaiting,
        CountingProblems.StoreFull,
    ];

    public static void MapRecordView(this IEndpointRouteBuilder routes)
    {
        // Here, and not for each request: then none of them needs services of its own. The site and a failing store are
        // answered here, too: a filter costs each view an invocation context.
        var sites = routes.ServiceProvider.GetRequiredService<SiteList>();
        var intakes = routes.ServiceProvider.GetRequiredService<PerSite<ViewIntake>>();
        var readers = routes.ServiceProvider.GetRequiredService<PerSite<SiteReader>>();
        routes
            .MapPost(
                "/views",
                (string site, HttpContext context) =>
                    sites.TryGet(site, out var known)
                        ? HandleAsync(known, context, intakes.Of(site), readers.Of(site))
                        : Task.FromResult(Problem.Of(CommonProblems.UnknownSite))
            )
            .Describe(
                "recordView",
                "Records a page view, and answers when it is stored.",
                "The fields come as JSON in the body, or in the address of a request without body."
            )
            .Takes(new ApiField("return", "`minimal` asks for an answer without numbers.", ApiValue.OneOf(["minimal"])))
            .TakesBody<ViewRequest>(isOptional: true)
            .TakesTextOrQuery()
            .Answers<ViewReply>("Stored, or `counted` is false and `reason` says why; with the numbers that hold now.")
            .Answers(StatusCodes.Status204NoContent, "The same for `return=minimal`.")
            .Fails(Failures);
        routes
            .MapRead(
                "/pixel.gif",
                (string site, HttpContext context) =>
                    sites.TryGet(site, out var known)
                        ? ReadPixelAsync(context, intakes.Of(site))
                        : Task.FromResult(Problem.Of(CommonProblems.UnknownSite))
            )
            .Describe(
                "recordViewByPixel",
                "Records a page view of a page without scripts, and answers with an image of one transparent pixel.",
                "Each GET counts once; one with a `view` id that was counted before does not count again. HEAD counts nothing."
            )
            .Takes(
                new ApiField("page", "As in `recordView`.", ApiValue.Text("/tin-tuc?ItemID=42")).Required(),
                new ApiField(
                    "view",
                    "As in `recordView`.",
                    ApiValue.Text("0190d5f2-5c1e-7a33-b1d2-6f0c8e9a4b57", 16, 64)
                ),
                new ApiField("age", "As in `recordView`.", ApiValue.WholeNumber(0, 0)),
                new ApiField(
                    "referrer",
                    "As in `recordView`.",
                    ApiValue.Text("https://www.example.vn/", most: ViewRequest.LongestReferrer)
                )
            )
            .AnswersBytes("image/gif", "The image: the view is stored, or does not count, as a bot's.", inParts: false)
            .Fails(Failures);
    }

    private static async Task<IResult> ReadPixelAsync(HttpContext context, ViewIntake intake)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return Results.Bytes(Pixel, "image/gif");
        }
        var view = new PendingView { Context = context };
        var answer = await intake.AcceptAsync(view);
        ViewTelemetry.Count(answer.Fate, view.Problem);
        return Failure(answer.Fate, view) ?? Results.Bytes(Pixel, "image/gif");
    }

    /// <summary>The reply to a view whose fate is a failure; null for the others.</summary>
    private static IResult? Failure(ViewFate fate, PendingView view) =>
        fate switch
        {
            ViewFate.Refused => Problem.Of(view.Problem!),
            ViewFate.Expired => Problem.Of(CountingProblems.ViewExpired),
            ViewFate.TooManyWaiting => Problem.Of(CountingProblems.TooManyWaiting, retryAfter: TryAgain),
            ViewFate.StoreAway => StoreFailure.Reply(),
            ViewFate.StoreFull => Problem.Of(CountingProblems.StoreFull, retryAfter: TryAgainMuchLater),
            _ => null,
        };

    private static async Task<IResult> HandleAsync(Site site, HttpContext context, ViewIntake intake, SiteReader reader)
    {
        var view = new PendingView { Context = context };
        var answer = await intake.AcceptAsync(view);
        ViewTelemetry.Count(answer.Fate, view.Problem);
        if (Failure(answer.Fate, view) is { } failure)
        {
            return failure;
        }
        if (context.Request.Query["return"] == "minimal")
        {
            return TypedResults.NoContent();
        }
        return await NumbersOfAsync(reader, view.Path, answer) is { } numbers
            ? Reply(site, view.Path, answer.Fate.ReplyReason(), numbers)
            : StoreFailure.Reply();
    }

    /// <summary>As of its commit; of a view that was not committed, as of now.</summary>
    private static async ValueTask<SiteView?> NumbersOfAsync(SiteReader reader, string path, ViewAnswer answer) =>
        answer.Fate == ViewFate.OptedOut
            ? await reader.ReadNowAsync([path])
            : reader.After(answer.Site!, answer.Page!) ?? await reader.ReadAsync([path]);

    private static JsonHttpResult<ViewReply> Reply(Site site, string path, string? reason, SiteView view) =>
        TypedResults.Json(
            new ViewReply(reason is null, reason, StatsReply.Of(site, view, path)),
            ViewJson.Readable.ViewReply
        );
}
