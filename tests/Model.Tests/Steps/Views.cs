using System.Net;
using PortalServices.Model.Tests.Model;
using PortalServices.Testing.Portal;

namespace PortalServices.Model.Tests.Steps;

/// <summary>A view, with an id or without, of a visitor or of one who opts out.</summary>
internal sealed record View(int PageIndex, int Spelling, int VisitorIndex, bool WithId, bool OptsOut, bool Minimal)
    : Step
{
    public override async Task RunAsync(SiteRun run)
    {
        var (page, visitor) = (Page.At(PageIndex), Visitor.At(VisitorIndex));
        var sent = WithId ? new SentView(page) : null;
        var call = new ViewCall(page.SpeltAs(Spelling))
        {
            Minimal = Minimal,
            Form = (ViewForm)(Spelling % 3),
            Headers = OptsOut ? new() { ["Sec-GPC"] = "1" } : new Dictionary<string, string>(),
        };
        var answer = await run.SendAsync(call, visitor, sent);

        run.Model.Count(page.Path);
        run.Model.See(OptsOut ? null : visitor.Name);
        if (sent is not null)
        {
            run.Sent.Add(sent);
        }
        run.Coverage.Saw("views");
        if (!Minimal)
        {
            run.ExpectCounted(answer, page);
        }
        else
        {
            Assert.Equal(HttpStatusCode.NoContent, answer.Reply.Status);
        }
    }
}

/// <summary>Views of several visitors at the same time, each sent twice if <see cref="Twice"/>.</summary>
internal sealed record Burst(int PageIndex, int Views, bool Twice) : Step
{
    public override async Task RunAsync(SiteRun run)
    {
        // Which of two new pages takes the last place would be a matter of luck, so at most one of them is new.
        var pages = run
            .Model.KnownPages.Select(path => Page.All.Single(page => page.Path == path))
            .Append(Page.At(PageIndex))
            .ToArray();
        await Task.WhenAll(
            Enumerable.Range(0, Views).Select(i => SendAsync(run, pages[^((i % pages.Length) + 1)], Visitor.At(i)))
        );
    }

    private async Task SendAsync(SiteRun run, Page page, Visitor visitor)
    {
        var sent = new SentView(page);
        var answers = await Task.WhenAll(
            Enumerable.Range(0, Twice ? 2 : 1).Select(_ => run.SendAsync(new ViewCall(page.Path), visitor, sent))
        );
        Assert.All(answers, answer => Assert.True(answer.Reply.Status == HttpStatusCode.OK, answer.Reply.ToString()));
        var counted = answers.Count(answer => answer.Reply.Counted);
        Assert.True(
            counted == 1 || (counted == 0 && answers.Any(answer => answer.Repeated)),
            $"One view, {counted} answers that say that it was counted."
        );
        Assert.All(
            answers.Where(answer => !answer.Reply.Counted),
            answer => Assert.Equal("duplicate", answer.Reply.Reason)
        );
        lock (run)
        {
            run.Model.Count(page.Path);
            run.Model.See(visitor.Name);
            run.Sent.Add(sent);
            run.Coverage.Saw("views");
            run.Coverage.Saw("views in bursts");
        }
    }
}

/// <summary>
/// Views at the same time that nobody can send again: they have no id. Of those that are not answered clearly the
/// ledger alone knows whether they count; every other number must then be in keeping with it.
/// </summary>
internal sealed record Crowd(int PageIndex, int Views) : Step
{
    public override async Task RunAsync(SiteRun run)
    {
        var (page, before) = (Page.At(PageIndex), run.Model.Stamps.Count());
        var call = new ViewCall(page.Path) { Headers = new Dictionary<string, string> { ["Sec-GPC"] = "1" } };
        var answers = await Task.WhenAll(Enumerable.Range(0, Views).Select(_ => SendAsync(run, call)));
        // Views of a site are committed in the order in which they come: once a later one is answered, all of these are
        // settled.
        var later = new SentView(page);
        (await run.SendAsync(call, Visitor.At(0), later)).ExpectSettled();
        run.Sent.Add(later);

        var (counted, unclear) = (answers.Count(answered => answered), answers.Count(answered => !answered));
        var settled = (await run.Portal.ReadLedgerAsync(run.Site, run.Cancel)).Total - before - 1;
        Assert.InRange(settled, counted, counted + unclear);
        for (var view = 0; view <= settled; view++)
        {
            run.Model.Count(page.Path);
        }
        run.Coverage.Saw("crowds");
        if (unclear > 0)
        {
            run.Coverage.Saw("crowds with unclear answers");
        }
    }

    /// <summary>Whether it is counted; false when nothing is known.</summary>
    private static async Task<bool> SendAsync(SiteRun run, ViewCall call)
    {
        try
        {
            var reply = await run.Portal.Door.ViewAsync(run.Site, call, run.Cancel);
            if (reply.Status == HttpStatusCode.ServiceUnavailable)
            {
                return false;
            }
            Assert.True(reply.Status == HttpStatusCode.OK && reply.Counted, reply.ToString());
            return true;
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            return false;
        }
    }
}

/// <summary>An id that was sent before, of its own page or of another one, of its visitor or of another one.</summary>
internal sealed record Resend(int Which, int? PageIndex, int VisitorIndex) : Step
{
    public override async Task RunAsync(SiteRun run)
    {
        if (run.Sent.Count == 0)
        {
            return;
        }
        var sent = run.Sent[Which % run.Sent.Count];
        var (page, visitor) = (PageIndex is { } other ? Page.At(other) : sent.Page, Visitor.At(VisitorIndex));
        var answer = await run.SendAsync(new ViewCall(page.Path), visitor, sent);

        run.Model.See(visitor.Name);
        run.Coverage.Saw("resends");
        if (page != sent.Page)
        {
            run.Coverage.Saw("resends under another page");
        }
        run.ExpectNotCounted(answer, "duplicate", page);
    }
}

/// <summary>A view that its client first sent longer ago than ids are remembered.</summary>
internal sealed record Outdated(int PageIndex) : Step
{
    public override async Task RunAsync(SiteRun run)
    {
        var view = new ViewCall(Page.At(PageIndex).Path)
        {
            View = ViewCall.NewId(),
            Age = "3600000",
            Headers = new Dictionary<string, string> { ["Sec-GPC"] = "1" },
        };
        var answer = await run.AskAsync(() => run.Portal.Door.ViewAsync(run.Site, view, run.Cancel), repeatable: true);

        run.Coverage.Saw("outdated views");
        Assert.Equal((HttpStatusCode.Gone, "view_expired"), (answer.Reply.Status, answer.Reply.Code));
    }
}

/// <summary>A request of a bot. It has no repeat that is harmless: each is counted among the bots.</summary>
internal sealed record BotView(int PageIndex, int BotIndex) : Step
{
    public override async Task RunAsync(SiteRun run)
    {
        var (page, bot) = (Page.At(PageIndex), Bot.All[BotIndex % Bot.All.Count]);
        var view = new ViewCall(page.Path) { UserAgent = bot.UserAgent };
        var answer = await run.AskAsync(() => run.Portal.Door.ViewAsync(run.Site, view, run.Cancel), repeatable: false);

        run.Model.CountBot(bot.Reason);
        run.Coverage.Saw("bots");
        run.ExpectNotCounted(answer, "bot", page);
    }
}

/// <summary>What a view's own answer must say: its numbers are current.</summary>
internal static class ViewAnswers
{
    public static void ExpectCounted(this SiteRun run, Answer answer, Page page)
    {
        ExpectSettled(answer);
        ExpectCurrent(run, answer, page);
    }

    /// <summary>
    /// It says that the view was counted; of one that was sent more than once the second may find the first.
    /// </summary>
    public static void ExpectSettled(this Answer answer)
    {
        Assert.True(answer.Reply.Status == HttpStatusCode.OK, answer.Reply.ToString());
        Assert.True(
            answer.Reply.Counted || (answer.Repeated && answer.Reply.Reason == "duplicate"),
            answer.Reply.ToString()
        );
    }

    public static void ExpectNotCounted(this SiteRun run, Answer answer, string reason, Page page)
    {
        Assert.True(answer.Reply.Status == HttpStatusCode.OK, answer.Reply.ToString());
        Assert.Equal((false, reason), (answer.Reply.Counted, answer.Reply.Reason));
        ExpectCurrent(run, answer, page);
    }

    private static void ExpectCurrent(SiteRun run, Answer answer, Page page)
    {
        var stats = answer.Reply.Stats;
        Assert.Equal(run.Model.Shown(), stats.Views);
        Assert.Equal(new PageViews(page.Path, run.Model.Shown(page.Path)), stats.Page);
        Assert.False(stats.Stale);
    }
}
