using System.Net;
using PortalServices.Database;

namespace PortalServices.Content.Tests.Videos;

/// <summary>The video block and its editing.</summary>
public sealed class VideoTests(ContentApps apps) : IClassFixture<ContentApps>
{
    private const string Url = "https://video.example/1";

    public static TheoryData<string> WhatIsWrong => [.. WrongVideos.All.Keys];

    [Theory]
    [EveryDatabase]
    public async Task Videos_are_listed_newest_first_and_in_parts(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        foreach (
            var (title, at) in new[]
            {
                ("B", "2024-02-01T08:00:00+07:00"),
                ("C", "2024-03-01T08:00:00Z"),
                ("A", "2024-01-01T08:00Z"),
            }
        )
        {
            await AddAsync(
                app,
                site,
                new
                {
                    title,
                    url = Url,
                    publishedAt = at,
                }
            );
        }
        await AddAsync(app, app.NewSite(), new { title = "Elsewhere", url = Url });

        var first = await app.GetAsync(site, "videos?pageSize=2");
        Assert.Equal(["C", "B"], first.Each("title"));
        Assert.Equal(
            (3, 1, 2),
            (
                first.Json.GetProperty("total").GetInt32(),
                first.Json.GetProperty("page").GetInt32(),
                first.Json.GetProperty("pageSize").GetInt32()
            )
        );
        Assert.Equal(["A"], (await app.GetAsync(site, "videos?pageSize=2&page=2")).Each("title"));
        Assert.Empty((await app.GetAsync(site, "videos?page=100000")).Items);
        Assert.Equal("2024-03-01T08:00:00Z", first.Items[0].GetProperty("publishedAt").GetString());
    }

    [Theory]
    [EveryDatabase]
    public async Task A_video_is_shown_from_its_date_on(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        var later = TimeProvider
            .System.GetUtcNow()
            .AddDays(1)
            .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        await AddAsync(
            app,
            site,
            new
            {
                title = "Ngày mai",
                url = Url,
                publishedAt = later,
            }
        );
        await AddAsync(app, site, new { title = "Bây giờ", url = Url });
        Assert.Equal(["Bây giờ"], (await app.GetAsync(site, "videos")).Each("title"));
        Assert.Equal(["Ngày mai", "Bây giờ"], (await app.ReadAsync(site, "videos")).Each("title"));
    }

    [Theory]
    [EveryDatabase]
    public async Task A_video_is_changed_and_deleted_by_who_has_read_it(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        var added = await AddAsync(
            app,
            site,
            new
            {
                title = " Sơn La ",
                url = Url,
                summary = "Một\nhai",
                thumbnail = "/a.png",
                durationSeconds = 61,
            }
        );
        var path = PathOf(added);
        Assert.Equal($"/api/operator/sites/{site}/{path}", added.Header("Location"));
        Assert.Equal("\"1\"", added.Tag);
        Assert.Equal("Sơn La", added.Json.GetProperty("title").GetString());
        var body = new { title = "Mới", url = Url };

        (await app.EditAsync(HttpMethod.Put, site, path, body)).IsProblem(428, "if_match_required");
        var changed = (await app.EditAsync(HttpMethod.Put, site, path, body, added.Tag)).Is(HttpStatusCode.OK);
        Assert.Equal("\"2\"", changed.Tag);
        Assert.Equal(
            added.Json.GetProperty("publishedAt").GetString(),
            changed.Json.GetProperty("publishedAt").GetString()
        );
        var late = (await app.EditAsync(HttpMethod.Put, site, path, body, added.Tag)).IsProblem(
            412,
            "version_conflict"
        );
        Assert.Equal("\"2\"", late.Tag);
        Assert.Equal("\"2\"", (await app.ReadAsync(site, path)).Is(HttpStatusCode.OK).Tag);

        (await app.EditAsync(HttpMethod.Delete, site, path)).IsProblem(428, "if_match_required");
        (await app.EditAsync(HttpMethod.Delete, site, path, ifMatch: added.Tag)).IsProblem(412, "version_conflict");
        (await app.EditAsync(HttpMethod.Delete, site, path, ifMatch: changed.Tag)).Is(HttpStatusCode.NoContent);
        (await app.ReadAsync(site, path)).IsProblem(404, "unknown_video");
        (await app.EditAsync(HttpMethod.Delete, site, path, ifMatch: "*")).IsProblem(404, "unknown_video");
    }

    [Theory]
    [EveryDatabase]
    public async Task A_video_belongs_to_its_site(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var path = PathOf(await AddAsync(app, app.NewSite(), new { title = "A", url = Url }));
        var other = app.NewSite();
        (await app.ReadAsync(other, path)).IsProblem(404, "unknown_video");
        (await app.EditAsync(HttpMethod.Delete, other, path, ifMatch: "*")).IsProblem(404, "unknown_video");
    }

    [Theory, MemberData(nameof(WhatIsWrong))]
    public async Task Every_wrong_field_is_named(string what)
    {
        var app = await apps.OnAsync(DatabaseKind.Sqlite);
        var site = app.NewSite();
        var (video, wrongFields) = WrongVideos.All[what];
        Assert.Equal(
            wrongFields,
            (await app.EditAsync(HttpMethod.Post, site, "videos", video)).IsProblem(400, "invalid_fields").WrongFields
        );
        Assert.Empty((await app.ReadAsync(site, "videos")).Items);
    }

    [Fact]
    public async Task Fields_that_do_not_exist_are_refused()
    {
        var app = await apps.OnAsync(DatabaseKind.Sqlite);
        var site = app.NewSite();
        (
            await app.EditAsync(
                HttpMethod.Post,
                site,
                "videos",
                new
                {
                    title = "x",
                    url = Url,
                    address = "y",
                }
            )
        ).IsProblem(400, "invalid_fields");
        (
            await app.EditAsync(
                HttpMethod.Post,
                site,
                "videos",
                """{"title":"x","title":"y","url":"https://a.example"}"""
            )
        ).IsProblem(400, "invalid_json");
        (
            await app.EditAsync(
                HttpMethod.Post,
                site,
                "videos",
                """{"title":"x","url":"https://a.example","durationSeconds":"60"}"""
            )
        ).IsProblem(400, "invalid_json");
        (await app.EditAsync(HttpMethod.Put, site, "categories/x", new { name = "x", color = "y" })).IsProblem(
            400,
            "invalid_fields"
        );
        (
            await app.EditAsync(
                HttpMethod.Put,
                site,
                "lookups/x",
                new
                {
                    title = "x",
                    columns = new[]
                    {
                        new
                        {
                            name = "a",
                            title = "A",
                            width = 1,
                        },
                    },
                    rows = Array.Empty<string[]>(),
                }
            )
        ).IsProblem(400, "invalid_fields");
    }

    internal static async Task<AppReply> AddAsync(ContentApp app, string site, object video) =>
        (await app.EditAsync(HttpMethod.Post, site, "videos", video)).Is(HttpStatusCode.Created);

    private static string PathOf(AppReply video) => $"videos/{video.Json.GetProperty("id").GetString()}";
}
