using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using PortalServices.Model.Tests.Fixtures;
using PortalServices.Model.Tests.Model;
using PortalServices.Testing.Portal;

namespace PortalServices.Model.Tests.Steps;

/// <summary>A site under test, with its model.</summary>
internal sealed class SiteRun(
    ClockedPortal portal,
    string site,
    SiteModel model,
    Coverage coverage,
    CancellationToken cancel
)
{
    /// <summary>The operator of the key that is used.</summary>
    public const string Operator = "kiểm-thử";

    private static readonly JsonSerializerOptions Bodies = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public ClockedPortal Portal => portal;

    public string Site => site;

    public SiteModel Model => model;

    public Coverage Coverage => coverage;

    public CancellationToken Cancel => cancel;

    /// <summary>How many times the numbers were compared.</summary>
    public int Comparisons { get; set; }

    /// <summary>Views with an id that were answered, in this order.</summary>
    public List<SentView> Sent { get; } = [];

    /// <summary>
    /// Asks until the answer is clear: a 503 and a broken connection say nothing of what was done, so the same is sent
    /// again.
    /// </summary>
    /// <param name="ask">Sends the request, the same each time.</param>
    /// <param name="repeatable">The request carries an id that makes a repeat harmless; else the first answer must be
    /// clear.</param>
    public async Task<Answer> AskAsync(Func<Task<Reply>> ask, bool repeatable)
    {
        var started = Stopwatch.StartNew();
        var repeated = false;
        while (true)
        {
            string unclear;
            try
            {
                var reply = await ask();
                if (reply.Status != HttpStatusCode.ServiceUnavailable)
                {
                    return new Answer(reply, repeated);
                }
                unclear = reply.ToString();
            }
            catch (Exception broken)
                when (broken is HttpRequestException or IOException
                    || (broken is OperationCanceledException && !cancel.IsCancellationRequested)
                )
            {
                unclear = broken.Message;
            }
            Assert.True(repeatable, $"A request that cannot be repeated was not answered: {unclear}");
            Assert.Null(portal.Obituary);
            Assert.True(started.Elapsed < Patience, $"Not answered in {Patience.TotalSeconds:F0} s: {unclear}");
            repeated = true;
            await Task.Delay(20, cancel);
        }
    }

    /// <summary>Sends a view until it is answered; its age goes along.</summary>
    public Task<Answer> SendAsync(ViewCall view, Visitor visitor, SentView? sent = null) =>
        AskAsync(
            () =>
                portal.Door.ViewAsync(
                    site,
                    view with
                    {
                        UserAgent = visitor.UserAgent,
                        View = sent?.Id,
                        Age = sent?.Age(),
                        Headers = new Dictionary<string, string>(view.Headers)
                        {
                            ["X-Forwarded-For"] = visitor.Address,
                        },
                    },
                    cancel
                ),
            repeatable: sent is not null
        );

    /// <summary>Does something as an operator.</summary>
    /// <param name="path">What follows the site in the address.</param>
    /// <param name="body">The body, or null for an empty one.</param>
    /// <param name="repeatable">A repeat is harmless.</param>
    /// <param name="key">The <c>Idempotency-Key</c>.</param>
    public Task<Answer> OperateAsync(string path, object? body, bool repeatable, string? key = null) =>
        AskAsync(
            () =>
                portal.Door.PostAsync(
                    $"/api/operator/sites/{site}/{path}",
                    body is null ? "" : JsonSerializer.Serialize(body, Bodies),
                    "application/json",
                    cancel,
                    key is null ? [portal.Authorization] : [portal.Authorization, ("Idempotency-Key", key)]
                ),
            repeatable
        );

    /// <summary>Moves the clock on.</summary>
    public async Task MoveAsync(DateTimeOffset to)
    {
        var (before, zone) = (model.Now, model.Zone);
        if (zone.DateOf(before) != zone.DateOf(to))
        {
            coverage.Saw("midnights passed");
        }
        if (zone.WeekOf(before) != zone.WeekOf(to))
        {
            coverage.Saw("week ends passed");
        }
        if (zone.OffsetAt(before) != zone.OffsetAt(to))
        {
            coverage.Saw("clock changes passed");
        }
        await portal.SetClockAsync(to, cancel);
        model.Now = to;
    }
}

/// <summary>An answer, and whether the request was sent more than once to get it.</summary>
internal sealed record Answer(Reply Reply, bool Repeated);

/// <summary>A view with an id, as its client remembers it.</summary>
internal sealed class SentView(Page page)
{
    private readonly Stopwatch _sinceFirst = Stopwatch.StartNew();

    public string Id { get; } = ViewCall.NewId();

    public Page Page => page;

    /// <summary>Milliseconds since it was first sent.</summary>
    public string Age() => ((long)_sinceFirst.Elapsed.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
