using System.Security.Cryptography;
using System.Text.Json;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;
using PortalServices.Testing.Telemetry;

namespace PortalServices.Acceptance.Tests.Telemetry;

/// <summary>A request is one trace, through all processes that work for it and beyond its reply.</summary>
public sealed class TraceTests
{
    private const string Gateway = "PortalServices.Gateway",
        Counting = "PortalServices.Counting.Host",
        Feedback = "PortalServices.Feedback.Host";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_view_is_one_trace_from_the_gateway_to_the_commit_and_the_store()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var portal = await ServicesShape.StartNewAsync(
            new PortalSettings { Replicas = 1, Telemetry = receiver.Settings }
        );
        var caller = NewTrace();
        // All three may be in one pack and one commit.
        var unsampled = NewTrace();
        await Task.WhenAll(
            ViewAsync(portal, "/a", caller.Header),
            ViewAsync(portal, "/b", unsampled.Header[..^1] + "0"),
            ViewAsync(portal, "/c", null)
        );

        // Each process sends its own when it comes to it.
        var trace = await receiver.TraceAsync(
            caller.Id,
            spans =>
                spans.Any(span => span.Service == Gateway && span.Parent == caller.Span)
                && spans.Any(span => span is { Service: Counting, Name: "POST /api/sites/{site}/views" })
                && spans.Any(span => span.Name == "counting.commit")
                && spans.Any(span => span.Source.Contains("Redis", StringComparison.Ordinal)),
            Cancel
        );
        var request = Assert.Single(trace, span => span.Service == Gateway && span.Parent == caller.Span);
        var unpacked = Assert.Single(
            trace,
            span => span.Name == "POST /api/sites/{site}/views" && span.Service == Counting
        );
        Assert.Contains(trace, span => span.Id == unpacked.Parent && span.Service == Gateway);
        var commit = Assert.Single(trace, span => span.Name == "counting.commit");
        Assert.Equal(unpacked.Id, commit.Parent);
        Assert.Equal([(caller.Id, unpacked.Id)], commit.Links);
        Assert.Contains(
            trace,
            span => span.Parent == commit.Id && span.Source.Contains("Redis", StringComparison.Ordinal)
        );
        Assert.NotEqual(request.Id, unpacked.Id);
        // Neither a caller that does not record, nor one without a trace, is recorded.
        Assert.All(receiver.Spans, span => Assert.Equal(caller.Id, span.Trace));
    }

    [Fact]
    public async Task Feedback_is_one_trace_through_the_outbox_and_the_broker_to_the_mail()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var mails = new TakingMailServer();
        await using var portal = await ServicesShape.StartNewAsync(
            new PortalSettings
            {
                Replicas = 1,
                Content = true,
                Feedback = true,
                OnlyFeedback = true,
                Telemetry = receiver.Settings,
                OfFeedback = mails.Settings,
            }
        );
        var caller = NewTrace();
        var work = await portal.PublicDoor.GetAsync("/api/sites/site/captchas/work", Cancel);
        var sent = await portal.PublicDoor.PostAsync(
            "/api/sites/site/feedback",
            JsonSerializer.Serialize(
                new
                {
                    fullName = "Nguyễn Văn An",
                    title = "Hỏi về tuyển sinh",
                    content = "Khi nào công bố điểm chuẩn?",
                    email = "an@example.vn",
                    captcha = new { work = WorkSolver.Solve(work.Json) },
                }
            ),
            "application/json",
            Cancel,
            ("Idempotency-Key", Guid.NewGuid().ToString("N")),
            ("traceparent", caller.Header)
        );
        Assert.True((int)sent.Status == 201, sent.ToString());

        var trace = await receiver.TraceAsync(
            caller.Id,
            spans =>
                spans.Any(span => span is { Service: Feedback, Name: "POST /api/sites/{site}/feedback" })
                && spans.Any(span => span.Name == "Receipt mail")
                && spans.Any(span => span.Source == "MassTransit")
                && spans.Any(span => span.Service == Gateway && span.Parent == caller.Span),
            Cancel
        );
        Assert.Equal(1, mails.Taken);
        var request = Assert.Single(
            trace,
            span => span.Service == Feedback && span.Name == "POST /api/sites/{site}/feedback"
        );
        Assert.Contains(trace, span => span.Id == request.Parent && span.Service == Gateway);
        var outbox = Assert.Single(trace, span => span.Name == "portal:feedback-received:v1 publish");
        Assert.Equal(request.Id, outbox.Parent);
        Assert.Contains(trace, span => span.Source == "MassTransit" && span.Parent == outbox.Id);
        Assert.Equal(request.Id, Assert.Single(trace, span => span.Name == "Receipt mail").Parent);
        Assert.Contains(trace, span => span.Source == "Npgsql");
    }

    private static async Task ViewAsync(ServicesShape portal, string page, string? trace)
    {
        var call = new ViewCall(page);
        if (trace is not null)
        {
            call = call with { Headers = new Dictionary<string, string> { ["traceparent"] = trace } };
        }
        var reply = await portal.PublicDoor.ViewAsync("site", call, Cancel);
        Assert.True((int)reply.Status == 200, reply.ToString());
    }

    private static (string Id, string Span, string Header) NewTrace()
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var span = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        return (id, span, $"00-{id}-{span}-01");
    }
}
