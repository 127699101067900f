using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;

namespace PortalServices.Crash.Tests.Kills;

/// <summary>
/// Whoever was given a receipt has sent exactly one feedback, whatever was killed meanwhile; and every feedback has
/// cost a captcha of its own.
/// </summary>
public sealed class FeedbackKillTests
{
    private const string Site = "site";
    private static readonly int AtOnce = LongRun.IsOn ? 40 : 16,
        Submissions = LongRun.IsOn ? 500 : 80;

    private static readonly PortalSettings Settings = new()
    {
        Sites = [new(Site)],
        Replicas = 1,
        Content = true,
        Feedback = true,
        OnlyFeedback = true,
        OfFeedback = new Dictionary<string, string>
        {
            ["Captcha:FastestFill"] = "00:00:00",
            ["Captcha:AddressSubmissionsPerHour"] = "1000000",
            ["Captcha:SiteSubmissionsPerHour"] = "1000000",
        },
        Edge = new Dictionary<string, string> { ["Edge:CaptchasPerMinute"] = "0", ["Edge:FeedbackPerMinute"] = "0" },
    };

    private readonly ConcurrentDictionary<string, string> _receipts = new();
    private readonly ConcurrentQueue<string> _surprises = new();

    private int _lost;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_feedback_process_that_is_killed_twice_loses_nothing_and_doubles_nothing()
    {
        await using var portal = await ServicesShape.StartNewAsync(Settings);
        await StormAsync(
            portal,
            async () =>
            {
                await portal.Feedback[0].KillAsync();
                await portal.Feedback[0].StartAsync();
            }
        );
    }

    [Fact]
    public async Task Standalone_that_is_killed_twice_loses_nothing_and_doubles_nothing()
    {
        await using var portal = await StandaloneShape.StartNewAsync(Settings);
        await StormAsync(
            portal,
            async () =>
            {
                await portal.KillAsync();
                await portal.StartAsync();
            }
        );
    }

    private async Task StormAsync(IPortalShape portal, Func<Task> killAndStart)
    {
        await CaptchaAsync(portal);
        await using var database = await portal.ConnectToFeedbackAsync();
        var solver = await CaptchaSolver.OfAsync(database);
        var next = 0;
        var clients = Task.WhenAll(
            Enumerable
                .Range(0, AtOnce)
                .Select(_ =>
                    Task.Run(
                        async () =>
                        {
                            while (Interlocked.Increment(ref next) <= Submissions && _surprises.IsEmpty)
                            {
                                await SubmitAsync(portal, solver);
                            }
                        },
                        Cancel
                    )
                )
        );
        foreach (var taken in new[] { Submissions / 4, Submissions / 2 })
        {
            await Eventually.HoldsAsync(
                () => _receipts.Count >= taken || clients.IsCompleted,
                $"{taken} are taken",
                Cancel,
                TimeSpan.FromMinutes(3)
            );
            await killAndStart();
        }

        await clients;
        Assert.Empty(_surprises);
        // The test is about answers that were lost on the way; there were some.
        Assert.True(_lost > 0);
        Assert.Equal(Submissions, _receipts.Count);
        var stored = await ReadAsync(database);
        Assert.Equal(_receipts.OrderBy(each => each.Key, StringComparer.Ordinal), stored);
        Assert.Equal(
            (Submissions, Submissions),
            (await CountAsync(database, "UsedCaptchas"), await CountAsync(database, "FeedbackSteps"))
        );
    }

    /// <summary>
    /// Sends one feedback until its receipt is there, some attempts given up soon and some sent twice at once.
    /// </summary>
    private async Task SubmitAsync(IPortalShape portal, CaptchaSolver solver)
    {
        var key = Guid.NewGuid().ToString("N");
        while (_surprises.IsEmpty)
        {
            var id = await CaptchaAsync(portal);
            var body = JsonSerializer.Serialize(
                new
                {
                    fullName = "An",
                    title = key,
                    content = "x",
                    captcha = new { id, answer = solver.Answer(id) },
                }
            );
            for (var attempt = 0; _surprises.IsEmpty; attempt++)
            {
                if (attempt > 0)
                {
                    await Task.Delay(Random.Shared.Next(10, 80), Cancel);
                }
                var (first, second) = (
                    SendAsync(portal, key, body),
                    Random.Shared.Next(10) == 0 ? SendAsync(portal, key, body) : null
                );
                var replies = second is null ? [await first] : await Task.WhenAll(first, second);
                foreach (var reply in replies.OfType<Reply>().Where(reply => (int)reply.Status == 201))
                {
                    if (
                        _receipts.GetOrAdd(key, reply.Json.GetProperty("receipt").GetString()!)
                        != reply.Json.GetProperty("receipt").GetString()
                    )
                    {
                        _surprises.Enqueue($"two receipts for {key}");
                    }
                }

                if (_receipts.ContainsKey(key))
                {
                    return;
                }
                if (
                    replies
                        .OfType<Reply>()
                        .FirstOrDefault(reply => (int)reply.Status is not (502 or 503 or 504 or 409)) is
                    { } other
                )
                {
                    _surprises.Enqueue(other.ToString());
                }
            }
        }
    }

    private async Task<Reply?> SendAsync(IPortalShape portal, string key, string body)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(
            Random.Shared.Next(4) == 0 ? TimeSpan.FromMilliseconds(Random.Shared.Next(0, 40)) : TimeSpan.FromSeconds(20)
        );
        try
        {
            return await portal.PublicDoor.PostAsync(
                $"/api/sites/{Site}/feedback",
                body,
                "application/json",
                patience.Token,
                ("Idempotency-Key", key)
            );
        }
        catch (Exception failure)
            when (failure is HttpRequestException or IOException or OperationCanceledException
                && !Cancel.IsCancellationRequested
            )
        {
            Interlocked.Increment(ref _lost);
            return null;
        }
    }

    private static async Task<string> CaptchaAsync(IPortalShape portal)
    {
        while (true)
        {
            try
            {
                var reply = await portal.PublicDoor.PostAsync("/api/captchas", "", "application/json", Cancel);
                if ((int)reply.Status == 201)
                {
                    return reply.Json.GetProperty("id").GetString()!;
                }
            }
            catch (Exception failure) when (failure is HttpRequestException or IOException)
            {
                // It is being started again.
            }

            await Task.Delay(50, Cancel);
        }
    }

    private static async Task<List<KeyValuePair<string, string>>> ReadAsync(DbConnection database)
    {
        await using var command = database.CreateCommand();
        command.CommandText = """SELECT "IdempotencyKey", "Receipt" FROM "Feedback" """;
        await using var rows = await command.ExecuteReaderAsync(Cancel);
        var stored = new List<KeyValuePair<string, string>>();
        while (await rows.ReadAsync(Cancel))
        {
            stored.Add(new(rows.GetString(0), rows.GetString(1)));
        }
        stored.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
        return stored;
    }

    private static async Task<int> CountAsync(DbConnection database, string table)
    {
        await using var command = database.CreateCommand();
        command.CommandText = $"""SELECT COUNT(*) FROM "{table}" """;
        return Convert.ToInt32(await command.ExecuteScalarAsync(Cancel), CultureInfo.InvariantCulture);
    }
}
