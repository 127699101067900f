using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using PortalServices.Database;
using PortalServices.Feedback.Mail;
using PortalServices.Testing;

namespace PortalServices.Feedback.Tests.Personal;

/// <summary>SQLite: what was erased is in no file of the database any more.</summary>
public sealed class ErasedFilesTests(FeedbackApps apps) : IClassFixture<FeedbackApps>
{
    private const string MarkedKey = "Daukey-0912345678";

    private static readonly string[] Marks =
    [
        "Dautitle",
        "Daucontent",
        "Dauname",
        "dauemail",
        "Dauanswer",
        "Daunote",
        "Daudecline",
        "Daupublic",
        "Daufailure",
        "Dauassign",
        "dautitle",
        "Daukey",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_erasing_and_a_clean_stop_no_file_has_a_word_of_it()
    {
        var database = await NewDatabaseAsync();
        await using (var app = await FeedbackApp.StartAsync(database))
        {
            var site = app.NewSite();
            var sent = await SendMarkedAsync(app, site);
            await AddFailedMailAsync(app, sent[0]);
            sent.Add(await SendWithMarkedKeyAsync(app, site));
            await app.ReadAsync(site, "feedback/export.csv?assignedTo=Dauassign&q=Dautitle&status=declined");
            // The test would see nothing that is written otherwise than it looks for.
            var stored = await FilesAsync(database);
            Assert.All(Marks, mark => Assert.True(Contains(stored, mark), mark));

            foreach (var feedback in sent)
            {
                (await app.StepAsync(feedback, "erase", new { reason = "Theo yêu cầu" })).Is(HttpStatusCode.OK);
            }
            // The key stays taken, though nobody knows it any more.
            (await app.SubmitAsync(site, MarkedKey)).IsProblem(422, "idempotency_key_reused");
            await SearchInAuditHasNoWordsAsync(app, site);
        }

        // The connections in the pool are still open, as they are when a process ends.
        var left = await FilesAsync(database);
        SqliteConnection.ClearAllPools();
        Assert.Equal([], Marks.Where(mark => Contains(left, mark)));
    }

    [Fact]
    public async Task While_it_runs_the_words_go_within_moments_also_those_of_retention()
    {
        var database = await NewDatabaseAsync();
        await using var app = await FeedbackApp.StartAsync(database);
        var site = app.NewSite();
        for (var i = 0; i < 30; i++)
        {
            await app.StepAsync(await app.SendFeedbackAsync(site, content: Long("Daucontent", i * 100)), "spam");
        }
        await Eventually.HoldsAsync(
            async () => await UserVersionAsync(database) == 1,
            "the file is looked after",
            Cancel
        );
        await using (var scope = app.Services.CreateAsyncScope())
        {
            Assert.Equal(
                30,
                await scope
                    .ServiceProvider.GetRequiredService<Feedback.Personal.Erasure>()
                    .EraseBeforeAsync(site, long.MaxValue, "retention", "1 days", Cancel)
            );
        }
        await Eventually.HoldsAsync(
            async () => !Contains(await FilesAsync(database), "Daucontent"),
            "no word of it is left",
            Cancel
        );
    }

    [Fact]
    public async Task A_database_of_an_earlier_version_is_rebuilt_once()
    {
        var database = await NewDatabaseAsync();
        await using (var first = await FeedbackApp.StartAsync(database))
        {
            await first.SendFeedbackAsync(first.NewSite());
        }
        SqliteConnection.ClearAllPools();
        // As an earlier version erased: what it deleted lies in the file, and nothing is noted there.
        await ExecuteAsync(
            database,
            $"PRAGMA secure_delete = OFF; UPDATE \"Feedback\" SET \"Content\" = '{Long("Daucontent", 4_000)}'; UPDATE \"Feedback\" SET \"Content\" = ''; PRAGMA user_version = 0"
        );
        SqliteConnection.ClearAllPools();
        Assert.True(Contains(await FilesAsync(database), "Daucontent"));

        await using (var upgraded = await FeedbackApp.StartAsync(database))
        {
            await Eventually.HoldsAsync(
                async () =>
                    await UserVersionAsync(database) == 1 && !Contains(await FilesAsync(database), "Daucontent"),
                "it is rebuilt",
                Cancel
            );
            Assert.Equal(1, ErasureOf(upgraded).Rebuilds);
        }

        await using var again = await FeedbackApp.StartAsync(database);
        await Eventually.HoldsAsync(() => !ErasureOf(again).IsDue, "there is nothing to do", Cancel);
        Assert.Equal(0, ErasureOf(again).Rebuilds);
    }

    [Fact]
    public async Task A_process_that_was_killed_after_erasing_leaves_it_to_the_next()
    {
        var database = await NewDatabaseAsync();
        await using (var app = await FeedbackApp.StartAsync(database))
        {
            await Eventually.HoldsAsync(() => !ErasureOf(app).IsDue, "the new file is noted", Cancel);
            Assert.Equal(1, await UserVersionAsync(database));
            // Killed at any time from here on, it is noted in the file that there was an erasure.
            await using var erasing = await ErasureOf(app).BeginAsync(Cancel);
            Assert.Equal(0, await UserVersionAsync(database));
        }
    }

    [Fact]
    public async Task While_somebody_reads_the_log_stays_and_is_emptied_afterwards()
    {
        var database = await NewDatabaseAsync();
        await using var app = await FeedbackApp.StartAsync(database);
        var feedback = await app.SendFeedbackAsync(app.NewSite(), content: "Daucontent");
        await Eventually.HoldsAsync(() => !ErasureOf(app).IsDue, "the new file is noted", Cancel);
        await using (var reader = new SqliteConnection(database))
        {
            await reader.OpenAsync(Cancel);
            await using var reading = reader.BeginTransaction(deferred: true);
            await using var command = reader.CreateCommand();
            command.CommandText = "SELECT COUNT(*) FROM \"Feedback\"";
            await command.ExecuteScalarAsync(Cancel);
            (await app.StepAsync(feedback, "erase", new { reason = "Theo yêu cầu" })).Is(HttpStatusCode.OK);
            // What it began to read it still can; so it is in the log.
            await ErasureOf(app).RunAsync(Cancel);
            Assert.True(ErasureOf(app).IsDue);
            Assert.Equal(0, await UserVersionAsync(database));
        }

        await Eventually.HoldsAsync(
            async () => !ErasureOf(app).IsDue && !Contains(await FilesAsync(database), "Daucontent"),
            "no word of it is left",
            Cancel
        );
    }

    [Fact]
    public async Task Without_room_on_the_disk_it_is_told_and_made_up_for()
    {
        var database = await NewDatabaseAsync();
        await using var app = await FeedbackApp.StartAsync(database);
        await Eventually.HoldsAsync(() => !ErasureOf(app).IsDue, "the new file is noted", Cancel);
        var free = 0L;
        using var erasure = new DatabaseErasure<FeedbackContext>(
            app.Services.GetRequiredService<IServiceScopeFactory>(),
            TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<DatabaseErasure<FeedbackContext>>.Instance,
            _ => free
        );
        await (await erasure.BeginAsync(Cancel)).DisposeAsync();
        Assert.Equal(TimeSpan.FromMinutes(1), await erasure.RunAsync(Cancel));
        Assert.Equal(
            ("there is no room on the disk to rebuild it", 0L),
            (erasure.Overdue, await UserVersionAsync(database))
        );
        free = long.MaxValue;
        await erasure.RunAsync(Cancel);
        Assert.Equal((null, false, 1L), (erasure.Overdue, erasure.IsDue, await UserVersionAsync(database)));
    }

    // With connections that stay open in the pool, as the product has them.
    private async Task<string> NewDatabaseAsync() =>
        new SqliteConnectionStringBuilder(await apps.CreateDatabaseAsync(DatabaseKind.Sqlite))
        {
            Pooling = true,
        }.ToString();

    // Enough of all sizes for pages to split and for rows to move.
    private static async Task<List<SentFeedback>> SendMarkedAsync(FeedbackApp app, string site)
    {
        var sent = new List<SentFeedback>();
        for (var i = 0; i < 120; i++)
        {
            var feedback = await app.SendFeedbackAsync(
                site,
                $"Dauname An {i}",
                Long("Dautitle", i % 15 * 10),
                Long("Daucontent", i % 7 * i % 5_000),
                $"dauemail{i}@example.vn",
                "0912345678"
            );
            sent.Add(feedback);
            await app.StepAsync(feedback, "notes", new { text = Long("Daunote", i * 10) });
            await app.StepAsync(feedback, "assign", new { to = "Dauassign" });
            if (i % 3 == 0)
            {
                await app.StepAsync(feedback, "decline", new { reason = "Daudecline" });
            }
            else
            {
                await app.StepAsync(feedback, "answer", new { text = Long("Dauanswer", i * 20) });
                await app.StepAsync(
                    feedback,
                    "publish",
                    new { title = "Daupublic", content = Long("Daupublic", i * 10) }
                );
            }
        }
        return sent;
    }

    private static Task<int> AddFailedMailAsync(FeedbackApp app, SentFeedback feedback) =>
        app.WithDatabaseAsync(context =>
        {
            context.Add(
                new WaitingMail
                {
                    Id = Guid.NewGuid(),
                    FeedbackId = feedback.Id,
                    Kind = MailKind.Receipt,
                    Of = 0,
                    To = "",
                    CreatedAt = 1,
                    Failure = "550 Daufailure dauemail0@example.vn",
                }
            );
            return context.SaveChangesAsync(Cancel);
        });

    private static async Task<SentFeedback> SendWithMarkedKeyAsync(FeedbackApp app, string site)
    {
        await app.SubmitAsync(site, MarkedKey);
        var keyed = (await app.ReadAsync(site, "feedback?sort=newest")).Items[0];
        return new SentFeedback(site, keyed.GetProperty("receipt").GetString()!, keyed.GetProperty("id").GetGuid());
    }

    /// <summary>The audit names the fields of the export's search, and not what was searched for.</summary>
    private static async Task SearchInAuditHasNoWordsAsync(FeedbackApp app, string site) =>
        Assert.Contains(
            (await app.ReadAsync(site, "feedback/audit?pageSize=100&page=2")).Items.Concat(
                (await app.ReadAsync(site, "feedback/audit?pageSize=100")).Items
            ),
            step => step.TryGetProperty("text", out var text) && text.GetString() == "q, assignedTo, status=declined"
        );

    private static DatabaseErasure<FeedbackContext> ErasureOf(FeedbackApp app) =>
        app.Services.GetRequiredService<DatabaseErasure<FeedbackContext>>();

    private static string Long(string mark, int length) =>
        string.Join(' ', Enumerable.Repeat(mark, 1 + (length / (mark.Length + 1))));

    private static bool Contains(byte[] files, string mark) =>
        files.AsSpan().IndexOf(Encoding.UTF8.GetBytes(mark)) >= 0;

    private static async Task<byte[]> FilesAsync(string database)
    {
        var path = new SqliteConnectionStringBuilder(database).DataSource;
        var all = new List<byte>();
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + "*"))
        {
            await using var stream = new FileStream(
                file,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete
            );
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy, Cancel);
            all.AddRange(copy.ToArray());
        }

        return [.. all];
    }

    private static Task<long> UserVersionAsync(string database) => AskAsync(database, "user_version");

    private static async Task<long> AskAsync(string database, string pragma)
    {
        await using var connection = new SqliteConnection(database);
        await connection.OpenAsync(Cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = $"PRAGMA {pragma}";
        return Convert.ToInt64(await command.ExecuteScalarAsync(Cancel), CultureInfo.InvariantCulture);
    }

    private static async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = new SqliteConnection(database);
        await connection.OpenAsync(Cancel);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Of this test alone.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
