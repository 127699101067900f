using PortalServices.Counting.Model;
using PortalServices.Counting.ReadStats;
using PortalServices.ServiceDefaults.Requests;

namespace PortalServices.Counting.RecordView;

/// <summary>
/// Takes in views ahead of the pipeline where the edge is in the same process: those that no step of the intake ends or
/// holds up, written as browsers write them. All others go through the pipeline, where the same steps answer them.
/// </summary>
internal sealed class DirectViews(SiteList sites, PerSite<ViewIntake> intakes, PerSite<SiteReader> readers)
    : IDirectHandler
{
    private const string Minimal = "?return=minimal";

    public bool Covers(HttpRequest request) =>
        HttpMethods.IsPost(request.Method)
        && request.ContentLength is > 0 and <= ViewRequest.MaxBytes
        && request.QueryString.Value is null or "" or Minimal
        && request.Headers.ContentType
            is ["application/json" or "application/json; charset=utf-8" or "text/plain" or "text/plain;charset=UTF-8"]
        && request.Headers.ContentEncoding.Count == 0;

    public Task<bool> TryAnswerAsync(DirectRequest request)
    {
        var context = request.Context;
        if (
            context.Request.RouteValues.GetValueOrDefault("site") is not string name
            || !sites.TryGet(name, out var site)
            || Read(context.Request) is not { } sent
        )
        {
            return Task.FromResult(false);
        }
        var view = new AwaitedView { Request = sent, Source = ViewSource.Of(context.Request) };
        var intake = intakes.Of(site.Id);
        if (!intake.TryAccept(view, out var refusal))
        {
            return Task.FromResult(false);
        }
        if (refusal is { } fate)
        {
            return ReplyAsync(request, site, view, Task.FromResult(new ViewAnswer(fate)));
        }
        intake.Commit();
        return ReplyAsync(request, site, view, view.Completion.Task);
    }

    private async Task<bool> ReplyAsync(DirectRequest request, Site site, AwaitedView view, Task<ViewAnswer> committed)
    {
        var answer = await committed;
        answer = answer with { Fate = intakes.Of(site.Id).FateOf(view, answer) };
        ViewTelemetry.Count(answer.Fate, view.Problem);
        var context = request.Context;
        var reply = await RecordViewEndpoint.ReplyAsync(
            site,
            readers.Of(site.Id),
            view,
            answer,
            isMinimal: context.Request.QueryString.HasValue
        );
        request.CompleteHeaders();
        await reply.ExecuteAsync(context);
        return true;
    }

    // It stays where it is for the pipeline.
    private static ViewRequest? Read(HttpRequest request)
    {
        if (!request.BodyReader.TryRead(out var read))
        {
            return null;
        }
        var sent = read.Buffer.IsSingleSegment ? ViewRequest.Read(read.Buffer.FirstSpan).View : null;
        request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        return sent;
    }
}
