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
            .Fails(Failures)
            .WithMetadata(new DirectViews(sites, intakes, readers));
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
        var (answer, problem) = await AcceptAsync(new AwaitedView(), context, intake);
        return Failure(answer.Fate, problem) ?? Results.Bytes(Pixel, "image/gif");
    }

    /// <summary>The reply to a view whose fate is a failure; null for the others.</summary>
    public static IResult? Failure(ViewFate fate, ProblemCode? problem) =>
        fate switch
        {
            ViewFate.Refused => Problem.Of(problem!),
            ViewFate.Expired => Problem.Of(CountingProblems.ViewExpired),
            ViewFate.TooManyWaiting => Problem.Of(CountingProblems.TooManyWaiting, retryAfter: TryAgain),
            ViewFate.StoreAway => StoreFailure.Reply(),
            ViewFate.StoreFull => Problem.Of(CountingProblems.StoreFull, retryAfter: TryAgainMuchLater),
            _ => null,
        };

    private static async ValueTask<(ViewAnswer Answer, ProblemCode? Problem)> AcceptAsync(
        AwaitedView view,
        HttpContext context,
        ViewIntake intake
    )
    {
        (view.Request, view.Problem) = await ViewRequest.ReadAsync(context.Request);
        view.Source = ViewSource.Of(context.Request);
        var answer = view.Request is null ? new ViewAnswer(ViewFate.Refused) : await intake.AcceptAsync(view);
        ViewTelemetry.Count(answer.Fate, view.Problem);
        return (answer, view.Problem);
    }

    private static async Task<IResult> HandleAsync(Site site, HttpContext context, ViewIntake intake, SiteReader reader)
    {
        var view = new AwaitedView();
        var (answer, _) = await AcceptAsync(view, context, intake);
        return await ReplyAsync(site, reader, view, answer, context.Request.Query["return"] == "minimal");
    }

    /// <summary>The reply to a view whose fate is known.</summary>
    public static async ValueTask<IResult> ReplyAsync(
        Site site,
        SiteReader reader,
        PendingView view,
        ViewAnswer answer,
        bool isMinimal
    )
    {
        if (Failure(answer.Fate, view.Problem) is { } failure)
        {
            return failure;
        }
        if (isMinimal)
        {
            return TypedResults.NoContent();
        }
        return await NumbersOfAsync(reader, view.Path, answer) is { } numbers
            ? TypedResults.Json(ReplyOf(site, view.Path, answer.Fate, numbers), ViewJson.Readable.ViewReply)
            : StoreFailure.Reply();
    }

    /// <summary>As of its commit; of a view that was not committed, as of now.</summary>
    public static async ValueTask<SiteView?> NumbersOfAsync(SiteReader reader, string path, ViewAnswer answer) =>
        answer.Fate == ViewFate.OptedOut
            ? await reader.ReadNowAsync([path])
            : reader.After(answer.Site!, answer.Page!) ?? await reader.ReadAsync([path]);

    /// <summary>What a client is told of its view, with the numbers.</summary>
    public static ViewReply ReplyOf(Site site, string path, ViewFate fate, SiteView numbers)
    {
        var reason = fate.ReplyReason();
        return new ViewReply(reason is null, reason, StatsReply.Of(site, numbers, path));
    }
}
