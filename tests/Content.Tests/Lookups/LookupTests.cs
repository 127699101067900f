using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PortalServices.Database;

namespace PortalServices.Content.Tests.Lookups;

/// <summary>Lookup tables: read, searched, replaced whole.</summary>
[Usually(DatabaseKind.PostgreSql)]
public sealed class LookupTests(ContentApps apps) : IClassFixture<ContentApps>
{
    internal static readonly object[] Columns =
    [
        new { name = "soKyHieu", title = "Số, ký hiệu" },
        new { name = "trichYeu", title = "Trích yếu" },
    ];

    private static readonly string[][] Rows =
    [
        ["120-KH/TU", "Kế hoạch thực hiện chuyển đổi số"],
        ["162-KH/TU", "Kế hoạch tuyên truyền, nhắc tới Chuyen doi so"],
        ["15-CT/TU", "Chỉ thị về khuyến học"],
        ["KH 162", "Trả lời 162 KH TU và Đảng bộ"],
        ["Đảng bộ", "Danh sách"],
    ];

    public static TheoryData<string> WhatIsWrong => [.. WrongTables.All.Keys];

    [Theory]
    [EveryDatabase]
    public async Task A_table_is_read_in_its_own_order_and_in_parts(DatabaseKind database)
    {
        var (app, site) = await WithTableAsync(database);
        var whole = (await app.GetAsync(site, "lookups/van-ban")).Is(HttpStatusCode.OK);
        Assert.Equal(Rows, Cells(whole));
        Assert.Equal(
            ["slug", "title", "summary", "columns", "items", "total", "page", "pageSize"],
            whole.Json.EnumerateObject().Select(each => each.Name)
        );
        Assert.Equal(
            """[{"name":"soKyHieu","title":"Số, ký hiệu"},{"name":"trichYeu","title":"Trích yếu"}]""",
            whole.Json.GetProperty("columns").GetRawText()
        );
        Assert.Equal(Rows[2..4], Cells(await app.GetAsync(site, "lookups/van-ban?page=2&pageSize=2")));
    }

    [Theory]
    [EveryDatabase]
    public async Task Tables_are_listed_with_the_number_of_their_rows(DatabaseKind database)
    {
        var (app, site) = await WithTableAsync(database);
        await PutAsync(
            app,
            site,
            "a-trong",
            new
            {
                title = "Trống",
                columns = Columns,
                rows = Array.Empty<string[]>(),
            }
        );
        foreach (var list in new[] { await app.GetAsync(site, "lookups"), await app.ReadAsync(site, "lookups") })
        {
            Assert.Equal(
                [("a-trong", 0), ("van-ban", 5)],
                list.Items.Select(item => (item.GetProperty("slug").GetString()!, item.GetProperty("rows").GetInt32()))
            );
        }
        Assert.Equal(["van-ban"], (await app.GetAsync(site, "lookups?page=2&pageSize=1")).Each("slug"));
    }

    [Theory]
    [EveryDatabase]
    public async Task Rows_are_found_as_they_are_typed(DatabaseKind database)
    {
        var (app, site) = await WithTableAsync(database);
        // Exact in the first column, exact elsewhere; and by place.
        await FindsAsync("162-KH/TU", "162-KH/TU", "KH 162");
        await FindsAsync("162-kh/tu", "162-KH/TU", "KH 162");
        await FindsAsync("162 KH TU", "162-KH/TU", "KH 162");
        await FindsAsync("162-CT/TU");
        // With and without marks, composed and decomposed.
        await FindsAsync("chuyển đổi số", "120-KH/TU", "162-KH/TU");
        await FindsAsync("chuyen doi so", "162-KH/TU", "120-KH/TU");
        await FindsAsync("chuyển đổi số".Normalize(System.Text.NormalizationForm.FormD), "120-KH/TU", "162-KH/TU");
        await FindsAsync("đảng bộ", "Đảng bộ", "KH 162");
        await FindsAsync("DANG BO", "Đảng bộ", "KH 162");
        // Parts of words are no words, and two words may stand anywhere.
        await FindsAsync("khuyen", "15-CT/TU");
        await FindsAsync("khuye");
        await FindsAsync("hoc khuyen", "15-CT/TU");
        await FindsAsync("\"hoc khuyen\"");

        async Task FindsAsync(string query, params string[] numbers)
        {
            var found = (await app.GetAsync(site, $"lookups/van-ban?q={Uri.EscapeDataString(query)}")).Is(
                HttpStatusCode.OK
            );
            Assert.Equal(
                (query, string.Join(" | ", numbers)),
                (query, string.Join(" | ", Cells(found).Select(row => row[0])))
            );
            Assert.Equal(numbers.Length, found.Json.GetProperty("total").GetInt32());
        }
    }

    [Theory]
    [EveryDatabase]
    public async Task What_is_found_comes_in_parts_too(DatabaseKind database)
    {
        var (app, site) = await WithTableAsync(database);
        var part = await app.GetAsync(site, "lookups/van-ban?q=ke%20hoach&pageSize=1&page=2");
        Assert.Equal(["162-KH/TU"], Cells(part).Select(row => row[0]));
        Assert.Equal(2, part.Json.GetProperty("total").GetInt32());
    }

    [Theory]
    [EveryDatabase]
    public async Task Punctuation_finds_nothing_and_nothing_asked_finds_everything(DatabaseKind database)
    {
        var (app, site) = await WithTableAsync(database);
        foreach (var query in new[] { "-/", "\"\"", "'", "*", "&|!:", "%", "%%_", "()" })
        {
            Assert.Equal(
                0,
                (await app.GetAsync(site, $"lookups/van-ban?q={Uri.EscapeDataString(query)}"))
                    .Is(HttpStatusCode.OK)
                    .Json.GetProperty("total")
                    .GetInt32()
            );
        }
        foreach (var query in new[] { "", "%20%09" })
        {
            Assert.Equal(
                5,
                (await app.GetAsync(site, $"lookups/van-ban?q={query}")).Json.GetProperty("total").GetInt32()
            );
        }
        (await app.GetAsync(site, $"lookups/van-ban?q={new string('a', 200)}")).Is(HttpStatusCode.OK);
        (await app.GetAsync(site, $"lookups/van-ban?q={new string('a', 201)}")).IsProblem(400, "invalid_search");
        (await app.GetAsync(site, "lookups/van-ban?q=%00%27%22%EF%BF%BE%F0%9F%98%80")).Is(HttpStatusCode.OK);
    }

    [Theory]
    [EveryDatabase]
    public async Task A_search_stays_in_its_table(DatabaseKind database)
    {
        var (app, site) = await WithTableAsync(database);
        await PutAsync(
            app,
            site,
            "khac",
            new
            {
                title = "Khác",
                columns = Columns,
                rows = new[] { new[] { "162-KH/TU", "của bảng khác" } },
            }
        );
        await app.WriteAndPublishAsync(site, "162-KH/TU");
        Assert.Equal("của bảng khác", Assert.Single(Cells(await app.GetAsync(site, "lookups/khac?q=162-KH%2FTU")))[1]);
        Assert.Single((await app.GetAsync(site, "articles?q=162-KH%2FTU")).Items);
    }

    [Theory]
    [EveryDatabase]
    public async Task A_new_table_is_made_once(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        var body = new
        {
            title = "Bảng",
            columns = Columns,
            rows = Rows,
        };
        (await app.EditAsync(HttpMethod.Put, site, "lookups/bang", body, "\"1\"")).IsProblem(412, "version_conflict");
        (await app.EditAsync(HttpMethod.Put, site, "lookups/bang", body, null, ("If-None-Match", "*"))).Is(
            HttpStatusCode.Created
        );
        Assert.Equal(
            "\"1\"",
            (await app.EditAsync(HttpMethod.Put, site, "lookups/bang", body, null, ("If-None-Match", "*")))
                .IsProblem(412, "version_conflict")
                .Tag
        );
        (await app.EditAsync(HttpMethod.Put, site, "lookups/bang", body)).IsProblem(428, "if_match_required");
    }

    [Theory]
    [EveryDatabase]
    public async Task Of_many_who_make_a_table_at_once_one_does(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        var replies = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(n =>
                    app.EditAsync(
                        HttpMethod.Put,
                        site,
                        "lookups/bang",
                        new
                        {
                            title = $"Bảng {n}",
                            columns = Columns,
                            rows = Rows,
                        },
                        null,
                        ("If-None-Match", "*")
                    )
                )
        );
        Assert.Single(replies, reply => reply.Status == 201);
        Assert.All(replies.Where(reply => reply.Status != 201), reply => reply.IsProblem(412, "version_conflict"));
        Assert.Equal(5, (await app.GetAsync(site, "lookups/bang")).Json.GetProperty("total").GetInt32());
    }

    [Theory]
    [EveryDatabase]
    public async Task Of_many_who_replace_a_table_at_once_one_does(DatabaseKind database)
    {
        var (app, site) = await WithTableAsync(database);
        var replies = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(n =>
                    app.EditAsync(
                        HttpMethod.Put,
                        site,
                        "lookups/van-ban",
                        new
                        {
                            title = $"Bảng {n}",
                            columns = Columns,
                            rows = new[] { new[] { $"so{n}", "x" } },
                        },
                        "\"1\""
                    )
                )
        );
        var winner = Assert.Single(replies, reply => reply.Status == 200);
        Assert.All(replies.Where(reply => reply.Status != 200), reply => reply.IsProblem(412, "version_conflict"));
        Assert.Equal(
            winner.Json.GetProperty("rows")[0][0].GetString(),
            Assert.Single(Cells(await app.GetAsync(site, "lookups/van-ban?q=x")))[0]
        );
        Assert.Equal(1, await WordsAsync(app, site));
    }

    [Theory]
    [EveryDatabase]
    public async Task A_table_is_replaced_and_deleted_with_its_words(DatabaseKind database)
    {
        var (app, site) = await WithTableAsync(database);
        Assert.Equal(5, await WordsAsync(app, site));
        var read = (await app.ReadAsync(site, "lookups/van-ban")).Is(HttpStatusCode.OK);
        Assert.Equal(Rows, Cells(read, "rows"));

        object[] columns = [new { name = "a", title = "A" }];
        var body = new
        {
            title = "Mới",
            summary = "Tóm tắt",
            columns,
            rows = new[] { new[] { " một " }, ["hai"] },
        };
        var replaced = await PutAsync(app, site, "van-ban", body, read.Tag);
        Assert.Equal("\"2\"", replaced.Tag);
        Assert.Equal(
            [
                ["một"],
                ["hai"],
            ],
            Cells(await app.GetAsync(site, "lookups/van-ban"))
        );
        Assert.Empty((await app.GetAsync(site, "lookups/van-ban?q=162-KH%2FTU")).Items);
        Assert.Equal(
            [
                ["hai"],
            ],
            Cells(await app.GetAsync(site, "lookups/van-ban?q=hai"))
        );
        Assert.Equal(2, await WordsAsync(app, site));
        (await app.EditAsync(HttpMethod.Put, site, "lookups/van-ban", body, read.Tag)).IsProblem(
            412,
            "version_conflict"
        );

        (await app.EditAsync(HttpMethod.Delete, site, "lookups/van-ban")).IsProblem(428, "if_match_required");
        (await app.EditAsync(HttpMethod.Delete, site, "lookups/van-ban", ifMatch: read.Tag)).IsProblem(
            412,
            "version_conflict"
        );
        (await app.EditAsync(HttpMethod.Delete, site, "lookups/van-ban", ifMatch: replaced.Tag)).Is(
            HttpStatusCode.NoContent
        );
        (await app.GetAsync(site, "lookups/van-ban")).IsProblem(404, "unknown_lookup");
        (await app.EditAsync(HttpMethod.Delete, site, "lookups/van-ban", ifMatch: "*")).IsProblem(
            404,
            "unknown_lookup"
        );
        Assert.Equal(0, await WordsAsync(app, site));
        Assert.Equal("\"1\"", (await PutAsync(app, site, "van-ban", body)).Tag);
    }

    [Theory]
    [EveryDatabase]
    public async Task The_largest_table_is_taken(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        var rows = Enumerable.Range(0, 5_000).Select(n => new[] { $"so {n}", "x" }).ToArray();
        var whole = await PutAsync(
            app,
            site,
            "lon",
            new
            {
                title = "Lớn",
                columns = Columns,
                rows,
            }
        );
        Assert.Equal(5_000, whole.Json.GetProperty("rows").GetArrayLength());
        await PutAsync(
            app,
            site,
            "lon",
            new
            {
                title = "Lớn",
                columns = Columns,
                rows,
            },
            whole.Tag
        );
        Assert.Equal(["so 4321"], Cells(await app.GetAsync(site, "lookups/lon?q=4321")).Select(row => row[0]));
    }

    [Theory, MemberData(nameof(WhatIsWrong))]
    public async Task Every_wrong_field_is_named(string what)
    {
        var app = await apps.OnAsync(DatabaseKind.Sqlite);
        var site = app.NewSite();
        var (table, wrongFields) = WrongTables.All[what];
        Assert.Equal(
            wrongFields,
            (await app.EditAsync(HttpMethod.Put, site, "lookups/x", table)).IsProblem(400, "invalid_fields").WrongFields
        );
        Assert.Empty((await app.ReadAsync(site, "lookups")).Items);
    }

    [Fact]
    public async Task A_slug_with_capitals_is_refused()
    {
        var app = await apps.OnAsync(DatabaseKind.Sqlite);
        var site = app.NewSite();
        var table = new
        {
            title = "x",
            columns = Columns,
            rows = Rows,
        };
        (await app.EditAsync(HttpMethod.Put, site, "lookups/Van-Ban", table)).IsProblem(400, "invalid_fields");
        Assert.Empty((await app.ReadAsync(site, "lookups")).Items);
    }

    [Fact]
    public async Task Of_many_wrong_fields_twenty_are_named()
    {
        var app = await apps.OnAsync(DatabaseKind.Sqlite);
        var site = app.NewSite();
        var many = await app.EditAsync(
            HttpMethod.Put,
            site,
            "lookups/x",
            new
            {
                title = "x",
                columns = Columns,
                rows = Enumerable.Repeat(Array.Empty<string>(), 5_000),
            }
        );
        Assert.Equal(20, many.IsProblem(400, "invalid_fields").WrongFields.Count());
        Assert.Empty((await app.ReadAsync(site, "lookups")).Items);
    }

    [Fact]
    public async Task A_body_of_three_mebibytes_is_the_largest()
    {
        var app = await apps.OnAsync(DatabaseKind.Sqlite);
        var site = app.NewSite();
        const string Body = """{"title":"x","columns":[{"name":"a","title":"A"}],"rows":[["x"]]}""";
        (await app.EditAsync(HttpMethod.Put, site, "lookups/x", Body.PadRight(3 * 1024 * 1024))).Is(
            HttpStatusCode.Created
        );
        (
            await app.EditAsync(
                HttpMethod.Put,
                site,
                "lookups/y",
                Body.PadRight((3 * 1024 * 1024) + 1),
                null,
                ("Connection", "close")
            )
        ).IsProblem(413, "body_too_large");
    }

    internal static async Task<AppReply> PutAsync(
        ContentApp app,
        string site,
        string slug,
        object table,
        string? ifMatch = null
    ) =>
        (await app.EditAsync(HttpMethod.Put, site, $"lookups/{slug}", table, ifMatch)).Is(
            ifMatch is null ? HttpStatusCode.Created : HttpStatusCode.OK
        );

    private async Task<(ContentApp App, string Site)> WithTableAsync(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        await PutAsync(
            app,
            site,
            "van-ban",
            new
            {
                title = "Văn bản",
                columns = Columns,
                rows = Rows,
            }
        );
        return (app, site);
    }

    private static Task<int> WordsAsync(ContentApp app, string site) =>
        app.WithDatabaseAsync(database =>
            database.SearchDocuments.CountAsync(each => each.Site == site, TestContext.Current.CancellationToken)
        );

    private static string[][] Cells(AppReply reply, string field = "items") =>
        reply.Json.GetProperty(field).Deserialize<string[][]>()!;
}
