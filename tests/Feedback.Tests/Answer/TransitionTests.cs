using System.Net;
using PortalServices.Database;
using PortalServices.Feedback.Answer;
using static PortalServices.Feedback.Entries.FeedbackStatus;
using static PortalServices.Feedback.Entries.StepKind;

namespace PortalServices.Feedback.Tests.Answer;

/// <summary>Which steps may be taken from which status: the whole table, by the rules and over HTTP.</summary>
public sealed class TransitionTests(FeedbackApps apps) : IClassFixture<FeedbackApps>
{
    /// <summary>Each status with where its steps lead. What is not here is not to be taken.</summary>
    private static readonly Dictionary<FeedbackStatus, Dictionary<StepKind, FeedbackStatus>> Legal = new()
    {
        [FeedbackStatus.Received] = new()
        {
            [Started] = InProgress,
            [StepKind.Answered] = FeedbackStatus.Answered,
            [StepKind.Declined] = FeedbackStatus.Declined,
            [MarkedSpam] = Spam,
        },
        [InProgress] = new()
        {
            [StepKind.Answered] = FeedbackStatus.Answered,
            [StepKind.Declined] = FeedbackStatus.Declined,
            [MarkedSpam] = Spam,
        },
        [FeedbackStatus.Answered] = new() { [StepKind.Published] = FeedbackStatus.Published, [Reopened] = InProgress },
        [FeedbackStatus.Published] = new() { [Unpublished] = FeedbackStatus.Answered },
        [FeedbackStatus.Declined] = new() { [Reopened] = InProgress },
        [Spam] = new() { [Reopened] = FeedbackStatus.Received },
    };

    /// <summary>The steps that move feedback, as they are called and with what they need.</summary>
    private static readonly Dictionary<StepKind, (string Path, object? Body)> Steps = new()
    {
        [Started] = ("start", null),
        [StepKind.Answered] = ("answer", new { text = "Thu theo quý." }),
        [StepKind.Published] = ("publish", null),
        [Unpublished] = ("unpublish", null),
        [StepKind.Declined] = ("decline", new { reason = "Không thuộc thẩm quyền." }),
        [MarkedSpam] = ("spam", null),
        [Reopened] = ("reopen", null),
    };

    /// <summary>How each status is reached.</summary>
    private static readonly Dictionary<FeedbackStatus, StepKind[]> Ways = new()
    {
        [FeedbackStatus.Received] = [],
        [InProgress] = [Started],
        [FeedbackStatus.Answered] = [StepKind.Answered],
        [FeedbackStatus.Published] = [StepKind.Answered, StepKind.Published],
        [FeedbackStatus.Declined] = [StepKind.Declined],
        [Spam] = [MarkedSpam],
    };

    [Fact]
    public void The_rules_are_this_table_and_nothing_else()
    {
        foreach (var from in Enum.GetValues<FeedbackStatus>())
        {
            foreach (var step in Enum.GetValues<StepKind>())
            {
                Assert.Equal((from, step, After(from, step)), (from, step, FeedbackTransitions.After(from, step)));
            }
        }
    }

    [Theory, EveryDatabase]
    public async Task Each_legal_step_leads_where_it_should_and_each_other_is_refused_and_changes_nothing(
        DatabaseKind kind
    )
    {
        var app = await apps.OnAsync(kind);
        foreach (var (from, way) in Ways)
        {
            var site = app.NewSite();
            SentFeedback? waiting = null;
            foreach (var (step, (path, body)) in Steps)
            {
                waiting ??= await ReachAsync(site, way);
                var before = await app.ReadAsync(site, $"feedback/{waiting.Id}");
                Assert.Equal(Name(from), StatusOf(before));
                var reply = await app.StepAsync(waiting, path, body);
                if (After(from, step) is { } to)
                {
                    Assert.Equal((from, step, Name(to)), (from, step, StatusOf(reply.Is(HttpStatusCode.OK))));
                    Assert.Equal(reply.Text, (await app.ReadAsync(site, $"feedback/{waiting.Id}")).Text);
                    Assert.NotEqual(before.Tag, reply.Tag);
                    waiting = null;
                }
                else
                {
                    Assert.Equal(
                        Name(from),
                        reply.IsProblem(409, "illegal_state").Json.GetProperty("detail").GetString()
                    );
                    Assert.Equal((before.Text, before.Tag), await TextAndTagAsync(waiting));
                }
            }
        }

        async Task<SentFeedback> ReachAsync(string site, StepKind[] way)
        {
            var feedback = await app.SendFeedbackAsync(site);
            foreach (var step in way)
            {
                (await app.StepAsync(feedback, Steps[step].Path, Steps[step].Body)).Is(HttpStatusCode.OK);
            }
            return feedback;
        }

        async Task<(string, string?)> TextAndTagAsync(SentFeedback feedback)
        {
            var now = await app.ReadAsync(feedback.Site, $"feedback/{feedback.Id}");
            return (now.Text, now.Tag);
        }
    }

    [Theory, EveryDatabase]
    public async Task Its_sender_reads_what_has_become_of_it_and_spam_as_declined(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var site = app.NewSite();
        var (answered, declined, spam) = (
            await app.SendFeedbackAsync(site),
            await app.SendFeedbackAsync(site),
            await app.SendFeedbackAsync(site)
        );
        await app.StepAsync(answered, "answer", new { text = "Thu theo quý." });
        await app.StepAsync(declined, "decline", new { reason = "Không thuộc thẩm quyền." });
        await app.StepAsync(spam, "spam");

        Assert.Equal(("answered", "Thu theo quý.", null), await ReadAsync(answered));
        Assert.Equal(("declined", null, "Không thuộc thẩm quyền."), await ReadAsync(declined));
        Assert.Equal(("declined", null, null), await ReadAsync(spam));

        // Once it is open again there is an answer no more, until there is another.
        await app.StepAsync(declined, "reopen");
        Assert.Equal(("inProgress", null, null), await ReadAsync(declined));
        await app.StepAsync(answered, "reopen");
        Assert.Equal(("inProgress", null, null), await ReadAsync(answered));
        await app.StepAsync(answered, "spam");
        Assert.Equal(("declined", null, null), await ReadAsync(answered));
        Assert.False(
            (await app.GetAsync(site, $"feedback/{answered.Receipt}")).Json.TryGetProperty("answeredAt", out _)
        );
        await app.StepAsync(answered, "reopen");
        Assert.Equal(("received", null, null), await ReadAsync(answered));
        await app.StepAsync(declined, "answer", new { text = "Đã chuyển cơ quan khác." });
        Assert.Equal(("answered", "Đã chuyển cơ quan khác.", null), await ReadAsync(declined));

        async Task<(string?, string?, string?)> ReadAsync(SentFeedback feedback)
        {
            var own = (await app.GetAsync(feedback.Site, $"feedback/{feedback.Receipt}")).Is(HttpStatusCode.OK).Json;
            return (own.GetProperty("status").GetString(), Field("answer"), Field("declineReason"));

            string? Field(string name) => own.TryGetProperty(name, out var value) ? value.GetString() : null;
        }
    }

    private static FeedbackStatus? After(FeedbackStatus from, StepKind step) =>
        Legal[from].TryGetValue(step, out var to) ? to : null;

    private static string? StatusOf(AppReply reply) => reply.Json.GetProperty("status").GetString();

    private static string Name(FeedbackStatus status) =>
        System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(status.ToString());
}
