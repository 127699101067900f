using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;
using PortalServices.Testing.Storm;

namespace PortalServices.Standalone.Tests.Backups;

/// <summary>Clients that send views and feedback, and an editor who publishes articles, until they are told to end.</summary>
internal sealed class BusyPortal(StandaloneShape portal)
{
    private const int MaxViews = 200_000,
        Clients = 24;

    /// <summary>May do everything.</summary>
    public static readonly OperatorKey Chief = new("chief", ["admin"], ["*"]);

    /// <summary>Where whoever sends feedback has seen a page before, each time another one.</summary>
    public const string Pairs = "pairs";

    /// <summary>The sites that views storm to.</summary>
    public static readonly IReadOnlyList<string> Stormy = ["north", "south"];

    /// <summary>All sites.</summary>
    public static readonly IReadOnlyList<SiteEntry> Sites = [.. Stormy.Select(site => new SiteEntry(site)), new(Pairs)];

    public static PortalSettings Settings =>
        new()
        {
            Sites = Sites,
            Feedback = true,
            Keys = [Chief],
            OfFeedback = new Dictionary<string, string>
            {
                ["Captcha:FastestFill"] = "00:00:00",
                ["Captcha:AddressSubmissionsPerHour"] = "1000000",
                ["Captcha:SiteSubmissionsPerHour"] = "1000000",
            },
            Edge = new Dictionary<string, string>
            {
                ["Edge:CaptchasPerMinute"] = "0",
                ["Edge:FeedbackPerMinute"] = "0",
                ["Edge:RequestTimeout"] = "00:02:00",
            },
            Counting = new Dictionary<string, string>
            {
                // So that checkpoints come all the time, also beside a backup.
                ["Store:CheckpointKilobytes"] = "64",
                // A checkpoint takes as long as the disk; that it is short is no claim of these tests.
                ["Counting:AnswerWithin"] = "00:01:00",
            },
        };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private volatile bool _isEnding;
    private Task _running = Task.CompletedTask;

    public ViewStorm Storm { get; } =
        new(
            new StormOptions
            {
                Sites = Stormy,
                Doors = [portal.PublicDoor],
                Views = MaxViews,
                Clients = Clients,
                Persistent = false,
            }
        );

    /// <summary>Titles of feedback that was taken, by receipt.</summary>
    public ConcurrentDictionary<string, string> Receipts { get; } = new();

    /// <summary>Titles of articles that are published, by slug.</summary>
    public ConcurrentDictionary<string, string> Articles { get; } = new();

    /// <summary>Replies to feedback and to the editor that said no.</summary>
    public ConcurrentQueue<string> Refused { get; } = new();

    public void Begin() => _running = Task.WhenAll(Storm.RunAsync(Cancel), SubmitAsync(), PublishAsync());

    /// <summary>There is something of each.</summary>
    public Task HasAsync(int views, int others) =>
        Eventually.HoldsAsync(
            () =>
                _running.IsFaulted
                || (Storm.Acknowledged >= views && Receipts.Count >= others && Articles.Count >= others),
            string.Create(CultureInfo.InvariantCulture, $"{views} views, {others} receipts and articles"),
            Cancel
        );

    /// <summary>No further one is begun; what the kill of the portal did to those under way does not matter.</summary>
    public async Task EndAsync()
    {
        Storm.Stop();
        _isEnding = true;
        await _running;
        Assert.Empty(Storm.Surprises);
    }

    private async Task SubmitAsync()
    {
        CaptchaSolver? solver = null;
        await UntilEndAsync(async number =>
        {
            var page = string.Create(CultureInfo.InvariantCulture, $"/pair/{number}");
            var view = await portal.PublicDoor.ViewAsync(Pairs, new ViewCall(page) { View = ViewCall.NewId() }, Cancel);
            if (view.Status != HttpStatusCode.OK)
            {
                Refused.Enqueue(view.ToString());
                return;
            }
            var captcha = (await portal.PublicDoor.PostAsync("/api/captchas", "", "application/json", Cancel))
                .Json.GetProperty("id")
                .GetString()!;
            if (solver is null)
            {
                await using var database = await portal.ConnectToFeedbackAsync();
                solver = await CaptchaSolver.OfAsync(database);
            }
            var title = string.Create(CultureInfo.InvariantCulture, $"Góp ý số {number}");
            var reply = await portal.PublicDoor.PostAsync(
                "/api/sites/north/feedback",
                JsonSerializer.Serialize(
                    new
                    {
                        fullName = "Nguyễn Văn An",
                        title,
                        content = $"Nội dung của {title}",
                        captcha = new { id = captcha, answer = solver.Answer(captcha) },
                    }
                ),
                "application/json",
                Cancel,
                ("Idempotency-Key", Guid.NewGuid().ToString("N"))
            );
            if (reply.Status == HttpStatusCode.Created)
            {
                Receipts[reply.Json.GetProperty("receipt").GetString()!] = title;
            }
            else
            {
                Refused.Enqueue(reply.ToString());
            }
        });
    }

    private Task PublishAsync() =>
        UntilEndAsync(async number =>
        {
            var title = string.Create(CultureInfo.InvariantCulture, $"Bài viết số {number}");
            var draft = await AsChiefAsync(
                "articles",
                JsonSerializer.Serialize(new { title, body = $"Nội dung {title}" })
            );
            var published = await AsChiefAsync(
                $"articles/{draft.Json.GetProperty("id").GetString()}/publish",
                "",
                ("If-Match", draft.Header("ETag")!)
            );
            if (published.Status == HttpStatusCode.OK)
            {
                Articles[published.Json.GetProperty("slug").GetString()!] = title;
            }
            else
            {
                Refused.Enqueue(published.ToString());
            }
        });

    private Task<Reply> AsChiefAsync(string path, string body, params (string, string)[] headers) =>
        portal.OperatorsDoor.PostAsync(
            $"/api/operator/sites/north/{path}",
            body,
            "application/json",
            Cancel,
            [("Authorization", $"Bearer {Chief.Value}"), .. headers]
        );

    private async Task UntilEndAsync(Func<int, Task> once)
    {
        for (var number = 1; !_isEnding; number++)
        {
            try
            {
                await once(number);
            }
            catch (Exception failure)
                when (failure is HttpRequestException or IOException or OperationCanceledException
                    && !Cancel.IsCancellationRequested
                )
            {
                // It was killed meanwhile.
            }
        }
    }
}
