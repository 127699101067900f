using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using PortalServices.Counting.Http;
using PortalServices.Counting.Model;
using PortalServices.Counting.ReadStats;
using PortalServices.Counting.Store;
using PortalServices.ServiceDefaults;

namespace PortalServices.Counting.RecordView;

/// <summary><c>POST /api/sites/{site}/views</c>: records a page view, and answers when it is stored.</summary>
internal static class RecordViewEndpoint
{
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TryAgainMuchLater = TimeSpan.FromMinutes(1);

    public static void MapRecordView(this IEndpointRouteBuilder routes)
    {
        // Here, and not for each request: then none of them needs services of its own.
        var sites = routes.ServiceProvider.GetRequiredService<CountedSites>();
        var intake = routes.ServiceProvider.GetRequiredService<ViewIntake>();
        routes.MapPost("/views", (string site, HttpContext context) => HandleAsync(site, context, sites, intake));
    }

    private static async Task<IResult> HandleAsync(
        string site,
        HttpContext context,
        CountedSites sites,
        ViewIntake intake
    )
    {
        if (!sites.TryGet(site, out var counted))
        {
            return Problem.Of(CommonProblems.UnknownSite);
        }

        var request = context.Request;
        var (view, problem) = await ViewRequest.ReadAsync(request);
        if (view is null)
        {
            return Refused(problem!);
        }

        if (!PageIdentity.TryParse(view.Page!, counted.Site, WebOrigin.Of(request), out var path, out var fault))
        {
            return Refused(
                fault == PageFault.ForeignOrigin ? CommonProblems.ForeignOrigin : CountingProblems.InvalidPage
            );
        }

        if (OptOut.Decide(request.Headers, counted.Site.Privacy) == OptOutOutcome.Drop)
        {
            return await NotCountedAsync(counted, path, "optedOut", IsMinimal(request));
        }

        var answer = await intake.AcceptAsync(counted, path, view, context);
        Count(answer.Outcome);
        return answer.Outcome switch
        {
            ViewOutcome.Expired => Problem.Of(CountingProblems.ViewExpired),
            ViewOutcome.TooManyWaiting => Problem.Of(CountingProblems.TooManyWaiting, retryAfter: TryAgain),
            ViewOutcome.StoreAway => StoreFailure.Reply(),
            ViewOutcome.StoreFull => Problem.Of(CountingProblems.StoreFull, retryAfter: TryAgainMuchLater),
            _ when IsMinimal(request) => TypedResults.NoContent(),
            _ => await StoredAsync(counted, path, answer),
        };
    }

    private static bool IsMinimal(HttpRequest request) => request.Query["return"] == "minimal";

    private static IResult Refused(ProblemCode problem)
    {
        CountingTelemetry.Views.Add(
            1,
            new KeyValuePair<string, object?>("outcome", "refused"),
            new KeyValuePair<string, object?>("code", problem.Code)
        );
        return Problem.Of(problem);
    }

    private static async Task<IResult> StoredAsync(CountedSite counted, string path, ViewAnswer answer)
    {
        var reason = answer.Outcome switch
        {
            ViewOutcome.Duplicate => "duplicate",
            ViewOutcome.Bot => "bot",
            _ => null,
        };
        var view = counted.Reader.After(answer.Site!, answer.Page!) ?? await counted.Reader.ReadAsync([path]);
        return view is null ? StoreFailure.Reply() : Reply(counted, path, reason, view);
    }

    private static async Task<IResult> NotCountedAsync(CountedSite counted, string path, string reason, bool minimal)
    {
        CountingTelemetry.Views.Add(1, new KeyValuePair<string, object?>("outcome", reason));
        if (minimal)
        {
            return TypedResults.NoContent();
        }

        var view = await counted.Reader.ReadNowAsync([path]);
        return view is null ? StoreFailure.Reply() : Reply(counted, path, reason, view);
    }

    private static JsonHttpResult<ViewReply> Reply(CountedSite counted, string path, string? reason, SiteView view) =>
        TypedResults.Json(
            new ViewReply(reason is null, reason, StatsReply.Of(counted.Site, view, path)),
            ViewJson.Readable.ViewReply
        );

    private static void Count(ViewOutcome outcome) =>
        CountingTelemetry.Views.Add(
            1,
            new KeyValuePair<string, object?>(
                "outcome",
                outcome switch
                {
                    ViewOutcome.Counted => "counted",
                    ViewOutcome.Duplicate => "duplicate",
                    ViewOutcome.Expired => "expired",
                    ViewOutcome.Bot => "bot",
                    _ => "refused",
                }
            )
        );
}
