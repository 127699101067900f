using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PortalServices.Messaging.Tests.Fixtures;
using PortalServices.Testing;

namespace PortalServices.Messaging.Tests;

/// <summary>
/// A key that is good for some sites sees, replays and discards the dead letters of its sites, and no others.
/// </summary>
public sealed class DeadLetterSiteTests(Servers servers)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [EveryWiring]
    public async Task Letters_of_other_sites_and_of_none_do_not_exist_for_a_key_of_one_site(WiringKind kind)
    {
        using var wiring = await Wiring.OfAsync(kind, servers);
        await using var app = await NoteApp.StartAsync(wiring);
        app.Readers.First.Fail();
        foreach (
            var (text, site) in ((string, string?)[])
                [("a", "sonla"), ("b", "english"), ("c", null), ("d", "sonla"), ("e", "sonla-2")]
        )
        {
            await app.WriteAsync(text, site: site);
            await Eventually.HoldsAsync(
                async () => Texts(await app.DeadLettersAsync()).Contains(text),
                "it is a dead letter",
                Cancel
            );
        }

        Assert.Equal(["e", "d", "c", "b", "a"], Texts(await app.DeadLettersAsync()));
        var own = await app.DeadLettersAsync(bySonla: true);
        Assert.Equal((2, "d a"), (own.GetProperty("total").GetInt32(), string.Join(' ', Texts(own))));
        var second = await app.DeadLettersAsync("?page=2&pageSize=1", bySonla: true);
        Assert.Equal((2, "a"), (second.GetProperty("total").GetInt32(), string.Join(' ', Texts(second))));

        app.Readers.First.Succeed();
        foreach (
            var letter in (await app.DeadLettersAsync())
                .GetProperty("items")
                .EnumerateArray()
                .Where(letter => Text(letter) is "b" or "c" or "e")
        )
        {
            var path = $"notes/{letter.GetProperty("id").GetString()}";
            Assert.Equal(
                (404, "unknown_dead_letter"),
                await app.AskAsync(HttpMethod.Post, $"{path}/replay", bySonla: true)
            );
            Assert.Equal((404, "unknown_dead_letter"), await app.AskAsync(HttpMethod.Delete, path, bySonla: true));
        }

        Assert.Equal(5, await app.DeadAsync());
        var ids = own.GetProperty("items")
            .EnumerateArray()
            .ToDictionary(Text, letter => letter.GetProperty("id").GetString());
        Assert.Equal((204, null), await app.AskAsync(HttpMethod.Delete, $"notes/{ids["a"]}", bySonla: true));
        Assert.Equal((202, null), await app.AskAsync(HttpMethod.Post, $"notes/{ids["d"]}/replay", bySonla: true));
        await Eventually.HoldsAsync(
            async () => Texts(await app.DeadLettersAsync()).SequenceEqual(["e", "c", "b"]),
            "its own are gone",
            Cancel
        );
        Assert.Equal("d", app.Readers.First.Taken.Single().Note.Text);
    }

    /// <summary>
    /// What is stored has not changed: the site is in the event, also of letters that were there before anybody asked
    /// for it.
    /// </summary>
    [Theory]
    [InlineData("""{"site":"sonla","text":"x","number":1}""", true)]
    [InlineData("""{"text":"\"site\":\"sonla\"","number":1,"site":"english"}""", false)]
    [InlineData("""{"text":"x","number":1,"inner":{"site":"sonla"}}""", false)]
    [InlineData("""{"site":["sonla"]}""", false)]
    [InlineData("""{"site":7}""", false)]
    [InlineData("""["sonla"]""", false)]
    [InlineData("no JSON", false)]
    [InlineData("", false)]
    public async Task A_letter_of_an_older_version_is_read_as_it_was_stored(string body, bool isOfSonla)
    {
        using var wiring = await Wiring.EmbeddedAsync();
        await using var app = await NoteApp.StartAsync(wiring);
        await app.WithDatabaseAsync(database =>
            database.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO "DeadLetters" ("MessageId", "Consumer", "Type", "Body", "Error", "FailedAt", "Failures")
                VALUES ('0190D5F2-5C1E-7A33-B1D2-6F0C8E9A4B57', 'portal.notes.read', 'tests:note-taken:v1', {body}, 'x', 1, 1)
                """,
                Cancel
            )
        );
        Assert.Equal(1, await app.DeadAsync());
        Assert.Equal(isOfSonla ? 1 : 0, (await app.DeadLettersAsync(bySonla: true)).GetProperty("total").GetInt32());
        Assert.Equal(
            isOfSonla ? 204 : 404,
            (
                await app.AskAsync(
                    HttpMethod.Delete,
                    "notes/0190d5f25c1e7a33b1d26f0c8e9a4b57.portal.notes.read",
                    bySonla: true
                )
            ).Status
        );
    }

    private static string[] Texts(JsonElement list) => [.. list.GetProperty("items").EnumerateArray().Select(Text)];

    private static string Text(JsonElement letter) =>
        JsonElement.Parse(letter.GetProperty("body").GetString()!).GetProperty("text").GetString()!;
}
