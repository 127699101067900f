using System.Net;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PortalServices.Content.RebuildSearch;
using PortalServices.Content.Search;
using PortalServices.Database;
using PortalServices.ServiceDefaults.Hosting;
using PortalServices.Testing;

namespace PortalServices.Content.Tests.Search;

/// <summary>
/// What is found and in which order, alike on both databases: a table of queries over one set of articles.
/// </summary>
[Usually(DatabaseKind.PostgreSql)]
public sealed class RelevanceTests(ContentApps apps) : IClassFixture<ContentApps>
{
    // Slug, title, summary, body, author, category. Later ones are newer.
    private static readonly (
        string Slug,
        string Title,
        string Summary,
        string Body,
        string Author,
        string? Category
    )[] Articles =
    [
        ("chuyen-doi", "Chuyển đổi số trong giáo dục", "", "Kế hoạch năm học.", "Nguyễn Thị Hoà", "tin-tuc"),
        (
            "hoi-nghi",
            "Hội nghị tổng kết",
            "Về chuyển đổi số.",
            "Các trường đã báo cáo kết quả.",
            "Trần Văn Bình",
            "tin-tuc"
        ),
        ("so-doi-chuyen", "Số liệu chuyển trường và đổi sách", "", "Bảng tổng hợp.", "Lê An", null),
        (
            "the-thao",
            "Hội khoẻ Phù Đổng",
            "",
            "Các em chuyển sân. Giải đổi lịch. Có số đông khán giả.",
            "Lê An",
            "the-thao"
        ),
        (
            "truy-cap",
            "Cổng thông tin đạt mốc mới",
            "",
            "Tổng lượt truy cập là 18.481.240, tăng 1.250.000 so với năm trước.",
            "Ban biên tập",
            "tin-tuc"
        ),
        ("hoa-binh", "Trường Hòa Bình đón bằng công nhận", "", "Lễ đón bằng của trường.", "Phạm Thuỷ", null),
        ("hoa-binh-2", "Giao lưu với Hoà Bình", "", "Đoàn công tác tỉnh bạn.", "Ngô Khoa", null),
        ("van-ban", "Công văn 162-KH/TU", "", "Thực hiện 162-KH/TU và 15/CT.", "Văn phòng", "van-ban"),
        ("van-ban-2", "Triển khai kế hoạch", "", "Căn cứ 162 KH TU ngày 5/9.", "Văn phòng", "van-ban"),
        ("mem", "Phần m\u00ADềm quản\u200D lý", "", "Dùng chung cho các tr\u00ADường.", "Tổ tin học", null),
        (
            "tuyen-sinh",
            "Thông báo tuyển sinh lớp 10",
            "Chỉ tiêu 120.",
            "Hồ sơ nộp trước 30/6/2026. Lệ phí 60.000 đồng.",
            "Phòng khảo thí",
            "tin-tuc"
        ),
        (
            "tuyen-dung",
            "Tuyển dụng viên chức",
            "",
            "Sinh viên tốt nghiệp nộp hồ sơ tuyển sinh viên thực tập.",
            "Phòng tổ chức",
            null
        ),
        ("khuyen-hoc", "Quỹ khuyến học huyện", "", "Trao học bổng cho học sinh.", "Hội khuyến học", null),
        ("hoc-khuyen", "Học bổng và khuyến khích", "", "Khuyến mại không phải khuyến học.", "Lê An", null),
        ("dang-bo", "Đảng bộ Sở họp", "", "Sinh hoạt chuyên đề.", "Ban biên tập", null),
        (
            "dang-vien",
            "Kết nạp đảng viên",
            "",
            "Chi bộ đang hoàn thiện thủ tục. Đảng bộ sở giám sát.",
            "Ban biên tập",
            null
        ),
        ("thu-vien", "Thư viện xanh", "", "Đọc sách ngoài trời; có 1.200 đầu sách.", "Thư viện tỉnh", "the-thao"),
        ("quy-hoach", "Quy hoạch mạng lưới trường lớp", "", "Giai đoạn 2026 - 2030.", "Lê An", null),
        ("quy", "Quỹ lớp và quỹ trường", "", "Thu chi đúng quy định.", "Kế toán", null),
        ("tieng-anh", "English Olympic 2026", "", "The winners come from Sơn La.", "John Smith", null),
    ];

    /// <summary>A query and the slugs that it finds, in their order.</summary>
    public static TheoryData<string, string> Queries =>
        new()
        {
            // The phrase in the title as it is spelt, in any spelling in the title, all words in the title, the phrase
            // in the text, all words anywhere.
            { "chuyển đổi số", "chuyen-doi so-doi-chuyen hoi-nghi the-thao" },
            { "chuyen doi so", "chuyen-doi so-doi-chuyen hoi-nghi the-thao" },
            { "CHUYỂN ĐỔI SỐ", "chuyen-doi so-doi-chuyen hoi-nghi the-thao" },
            { "chuyển doi so", "chuyen-doi so-doi-chuyen hoi-nghi the-thao" },
            { "chuyen đổi so", "chuyen-doi so-doi-chuyen hoi-nghi the-thao" },
            { "chuyển đổi so", "chuyen-doi so-doi-chuyen hoi-nghi the-thao" },
            { "số đổi chuyển", "so-doi-chuyen chuyen-doi the-thao hoi-nghi" },
            { "\"chuyển đổi số\"", "chuyen-doi hoi-nghi" },
            { "\"chuyen doi so\"", "chuyen-doi hoi-nghi" },
            { "chuyển đổi", "chuyen-doi so-doi-chuyen hoi-nghi the-thao" },
            { "chuyen doi", "chuyen-doi so-doi-chuyen hoi-nghi the-thao" },
            { "đổi số", "chuyen-doi so-doi-chuyen hoi-nghi the-thao" },
            { "đổi mới", "" },
            { "chuyển đổi số giáo dục", "chuyen-doi" },
            { "giáo dục số", "chuyen-doi" },
            { "tổng kết", "hoi-nghi" },
            { "hội nghị", "hoi-nghi" },
            { "hoi nghi tong ket", "hoi-nghi" },
            { "kết quả", "hoi-nghi" },
            { "tổng hợp", "so-doi-chuyen" },
            // Author and category.
            { "trần văn bình", "hoi-nghi" },
            { "tran van binh", "hoi-nghi" },
            { "lê an", "quy-hoach hoc-khuyen the-thao so-doi-chuyen" },
            { "le an", "quy-hoach hoc-khuyen the-thao so-doi-chuyen" },
            { "lê an thể thao", "the-thao" },
            { "john smith", "tieng-anh" },
            { "smith olympic", "tieng-anh" },
            { "phòng khảo thí", "tuyen-sinh" },
            { "kế toán", "quy" },
            { "văn phòng", "van-ban-2 van-ban" },
            { "thể thao", "thu-vien the-thao" },
            { "the thao", "thu-vien the-thao" },
            { "tin tức sự kiện", "tuyen-sinh truy-cap hoi-nghi chuyen-doi" },
            { "sự kiện hội nghị", "hoi-nghi" },
            { "văn bản pháp quy", "van-ban-2 van-ban" },
            // Numbers in groups.
            { "18481240", "truy-cap" },
            { "18.481.240", "truy-cap" },
            { "18,481,240", "truy-cap" },
            { "18 481 240", "truy-cap" },
            { "\"18.481.240\"", "truy-cap" },
            { "1250000", "truy-cap" },
            { "1.250.000", "truy-cap" },
            { "60000 đồng", "tuyen-sinh" },
            { "60.000 đồng", "tuyen-sinh" },
            { "1200", "thu-vien" },
            { "1.200", "thu-vien" },
            { "120", "tuyen-sinh" },
            { "18481", "" },
            { "2026", "tieng-anh quy-hoach tuyen-sinh" },
            { "2030", "quy-hoach" },
            { "30/6/2026", "tuyen-sinh" },
            { "30.6.2026", "tuyen-sinh" },
            // One spelling for two places of the tone.
            { "hòa bình", "hoa-binh-2 hoa-binh" },
            { "hoà bình", "hoa-binh-2 hoa-binh" },
            { "hoa binh", "hoa-binh-2 hoa-binh" },
            { "HOÀ BÌNH", "hoa-binh-2 hoa-binh" },
            { "nguyễn thị hòa", "chuyen-doi" },
            { "hội khỏe", "the-thao" },
            { "hội khoẻ phù đổng", "the-thao" },
            { "phạm thủy", "hoa-binh" },
            { "phạm thuỷ", "hoa-binh" },
            // What stands unseen inside of words.
            { "phần mềm", "mem" },
            { "phan mem quan ly", "mem" },
            { "quản lý", "mem" },
            { "phần m\u00ADềm", "mem" },
            { "quản\u200D lý", "mem" },
            { "các trường", "mem hoi-nghi" },
            // Joined words and quotations.
            { "162-KH/TU", "van-ban van-ban-2" },
            { "162-kh/tu", "van-ban van-ban-2" },
            { "162/KH-TU", "van-ban van-ban-2" },
            { "162 KH TU", "van-ban van-ban-2" },
            { "TU 162", "van-ban van-ban-2" },
            { "TU/162", "" },
            { "15/CT", "van-ban" },
            { "công văn 162", "van-ban" },
            { "5/9", "van-ban-2" },
            { "\"khuyến học\"", "khuyen-hoc hoc-khuyen" },
            { "khuyến học", "khuyen-hoc hoc-khuyen" },
            { "khuyen hoc", "khuyen-hoc hoc-khuyen" },
            { "học khuyến", "hoc-khuyen khuyen-hoc" },
            { "\"học khuyến\"", "" },
            { "“khuyến học”", "khuyen-hoc hoc-khuyen" },
            { "«khuyến học» huyện", "khuyen-hoc" },
            { "hội khuyến học", "khuyen-hoc" },
            { "học bổng", "hoc-khuyen khuyen-hoc" },
            { "hoc bong", "hoc-khuyen khuyen-hoc" },
            { "khuyến mại", "hoc-khuyen" },
            // Marks tell words apart in the order, and hide nothing.
            { "đảng bộ", "dang-bo dang-vien" },
            { "dang bo", "dang-bo dang-vien" },
            { "đang", "dang-vien dang-bo" },
            { "đảng", "dang-vien dang-bo" },
            { "đảng viên", "dang-vien" },
            { "tuyển sinh", "tuyen-sinh tuyen-dung" },
            { "tuyen sinh", "tuyen-sinh tuyen-dung" },
            { "tuyển sinh lớp 10", "tuyen-sinh" },
            { "sinh viên", "tuyen-dung" },
            { "tuyển", "tuyen-dung tuyen-sinh" },
            { "quỹ", "quy khuyen-hoc quy-hoach van-ban-2 van-ban" },
            { "quy", "quy-hoach quy khuyen-hoc van-ban-2 van-ban" },
            { "quy hoạch", "quy-hoach van-ban-2" },
            { "quỹ trường", "quy quy-hoach" },
            { "trường lớp", "quy-hoach quy" },
            { "lớp", "quy quy-hoach tuyen-sinh" },
            { "sách", "so-doi-chuyen thu-vien" },
            { "đọc sách", "thu-vien" },
            { "english", "tieng-anh" },
            { "sơn la", "tieng-anh" },
            { "son la winners", "tieng-anh" },
            { "khán giả", "the-thao" },
            { "không có ở đâu", "" },
            { "!!!", "" },
            { "mem*", "mem" },
            { "sở", "dang-bo so-doi-chuyen chuyen-doi dang-vien tuyen-dung tuyen-sinh truy-cap the-thao hoi-nghi" },
        };

    [Theory]
    [EveryDatabase(Differs = true)]
    public async Task Every_query_finds_what_it_should_in_its_order(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = await FilledAsync(app);
        var mistakes = new List<string>();
        foreach (var (query, slugs) in Queries.Select(row => row.Data))
        {
            var found = string.Join(
                ' ',
                (await app.GetAsync(site, $"articles?pageSize=100&q={Uri.EscapeDataString(query)}"))
                    .Is(HttpStatusCode.OK)
                    .Each("slug")
            );
            if (found != slugs)
            {
                mistakes.Add($"{query}: {slugs} was expected, {found} was found");
            }
            var decomposed = query.Normalize(NormalizationForm.FormD);
            if (
                string.Join(
                    ' ',
                    (await app.GetAsync(site, $"articles?pageSize=100&q={Uri.EscapeDataString(decomposed)}")).Each(
                        "slug"
                    )
                ) != found
            )
            {
                mistakes.Add($"{query}: finds something else when it is decomposed");
            }
        }

        Assert.True(mistakes.Count == 0, string.Join("\n", mistakes));
        Assert.InRange(Queries.Count, 100, 1_000);
    }

    [Theory]
    [EveryDatabase]
    public async Task What_is_found_shows_where(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = await FilledAsync(app);
        Assert.Equal(
            ["Tổng lượt truy cập là [18.481.240], tăng 1.250.000 so với năm trước."],
            await SnippetsAsync("18481240")
        );
        Assert.Equal(
            ["Về [chuyển] [đổi] [số]. Các trường đã báo cáo kết quả."],
            await SnippetsAsync("\"chuyen doi so\" hội nghị")
        );
        // Found by its title and its author: the text has nothing to show.
        Assert.Equal([null], await SnippetsAsync("smith english"));
        Assert.All(
            (await app.GetAsync(site, "articles")).Items,
            item => Assert.False(item.TryGetProperty("snippet", out _))
        );

        async Task<string?[]> SnippetsAsync(string query) =>
            [
                .. (await app.GetAsync(site, $"articles?q={Uri.EscapeDataString(query)}")).Items.Select(item =>
                    item.TryGetProperty("snippet", out var snippet) ? Marked(snippet) : null
                ),
            ];
    }

    [Theory]
    [EveryDatabase]
    public async Task Rows_of_a_table_show_where_they_were_found(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        await Lookups.LookupTests.PutAsync(
            app,
            site,
            "bang",
            new
            {
                title = "Bảng",
                columns = Lookups.LookupTests.Columns,
                rows = new[] { new[] { "162-KH/TU", "Về hoà giải" }, ["7", "Khác"] },
            }
        );
        var found = await app.GetAsync(site, $"lookups/bang?q={Uri.EscapeDataString("hòa 162")}");
        Assert.Equal(
            ["[162]-KH/TU · Về [hoà] giải"],
            found.Json.GetProperty("snippets").EnumerateArray().Select(Marked)
        );
        Assert.False((await app.GetAsync(site, "lookups/bang")).Json.TryGetProperty("snippets", out _));
    }

    [Theory]
    [EveryDatabase]
    public async Task A_category_with_another_name_is_found_by_it_soon(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        (await app.EditAsync(HttpMethod.Put, site, "categories/tin", new { name = "Tin tức" })).Is(
            HttpStatusCode.Created
        );
        await app.WriteAndPublishAsync(site, "Bài", more: new { category = "tin" });
        (await app.EditAsync(HttpMethod.Put, site, "categories/tin", new { name = "Chuyên mục mới" })).Is(
            HttpStatusCode.OK
        );
        await RebuildAsync(app);
        Assert.Equal(["bai"], (await app.GetAsync(site, "articles?q=chuyen%20muc")).Each("slug"));
        Assert.Empty((await app.GetAsync(site, "articles?q=tin%20tuc")).Items);
    }

    [Theory]
    [EveryDatabase]
    public async Task A_category_that_only_moves_in_its_list_makes_no_work(DatabaseKind database)
    {
        await using var app = await apps.StartAsync(database);
        var site = app.NewSite();
        (await app.EditAsync(HttpMethod.Put, site, "categories/tin", new { name = "Tin tức" })).Is(
            HttpStatusCode.Created
        );
        await app.WriteAndPublishAsync(site, "Bài", more: new { category = "tin" });
        (await app.EditAsync(HttpMethod.Put, site, "categories/tin", new { name = "Tin tức", order = 7 })).Is(
            HttpStatusCode.OK
        );
        Assert.Equal(
            [SearchIndex.TextVersion],
            await app.WithDatabaseAsync(context =>
                context
                    .SearchDocuments.Select(each => each.TextVersion)
                    .ToListAsync(TestContext.Current.CancellationToken)
            )
        );
    }

    [Theory]
    [EveryDatabase]
    public async Task Words_of_an_older_version_are_made_anew_by_whoever_is_first(DatabaseKind database)
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var app = await apps.StartAsync(database);
        var site = app.NewSite();
        for (var i = 0; i < 45; i++)
        {
            await app.WriteAndPublishAsync(site, $"Bài {i}", "Thuỷ lợi 18.481.240.", more: new { author = "An" });
        }
        await Lookups.LookupTests.PutAsync(
            app,
            site,
            "bang",
            new
            {
                title = "Bảng",
                columns = Lookups.LookupTests.Columns,
                rows = new[] { new[] { "1", "Thuỷ lợi" } },
            }
        );
        // As the first version has left it: the words as they were spelt, without author, numbers and text.
        await app.WithDatabaseAsync(context =>
            context.SearchDocuments.ExecuteUpdateAsync(
                set =>
                    set.SetProperty(each => each.TextVersion, 0)
                        .SetProperty(each => each.Plain, "")
                        .SetProperty(each => each.TextExact, " thuỷ lợi 18 481 240 ")
                        .SetProperty(each => each.TextFolded, " thuy loi 18 481 240 "),
                cancel
            )
        );
        Assert.Equal(45, (await app.GetAsync(site, "articles?q=thuy%20loi")).Json.GetProperty("total").GetInt32());
        var slugs = (await app.GetAsync(site, "articles?pageSize=100")).Each("slug").ToList();

        // The application's own rebuild takes part.
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => RebuildAsync(app), cancel)));

        await Eventually.HoldsAsync(
            async () =>
                !await app.WithDatabaseAsync(context =>
                    context.SearchDocuments.AnyAsync(each => each.TextVersion != SearchIndex.TextVersion, cancel)
                ),
            "all are made anew",
            cancel
        );
        foreach (var query in new[] { "18481240", "an th%E1%BB%A7y%20l%E1%BB%A3i" })
        {
            Assert.Equal(45, (await app.GetAsync(site, "articles?q=" + query)).Json.GetProperty("total").GetInt32());
        }
        Assert.True((await app.GetAsync(site, "articles?q=thuy")).Items[0].TryGetProperty("snippet", out _));
        Assert.Single((await app.GetAsync(site, "lookups/bang?q=thuy")).Items);
        Assert.Equal(slugs, (await app.GetAsync(site, "articles?pageSize=100")).Each("slug"));
    }

    [Theory]
    [EveryDatabase]
    public async Task One_that_cannot_be_made_anew_holds_no_other_up(DatabaseKind database)
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var app = await apps.StartAsync(database);
        await StopRebuildAsync(app);
        var site = app.NewSite();
        // More of them than are made anew at once, and before the others.
        await Lookups.LookupTests.PutAsync(
            app,
            site,
            "bang",
            new
            {
                title = "Bảng",
                columns = Lookups.LookupTests.Columns,
                rows = Enumerable.Range(0, 45).Select(i => new[] { $"{i}", "Hỏng" }),
            }
        );
        await app.WriteAndPublishAsync(site, "Thuỷ lợi");
        await app.WithDatabaseAsync(context =>
            context
                .LookupRows.Where(row =>
                    context.LookupTables.Any(table => table.Id == row.TableId && table.Site == site)
                )
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.Cells, "[]"), cancel)
        );
        await app.WithDatabaseAsync(context =>
            context
                .SearchDocuments.Where(each => each.Site == site)
                .ExecuteUpdateAsync(set => set.SetProperty(each => each.TextVersion, 0), cancel)
        );

        await RebuildAsync(app);

        var left = await app.WithDatabaseAsync(context =>
            context.SearchDocuments.Where(each => each.Site == site && each.TextVersion == 0).CountAsync(cancel)
        );
        Assert.Equal(45, left);
    }

    [Theory]
    [EveryDatabase]
    public async Task Words_that_were_made_of_a_former_name_do_not_come_over_a_later_one(DatabaseKind database)
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var app = await apps.StartAsync(database);
        await StopRebuildAsync(app);
        var site = app.NewSite();
        (await app.EditAsync(HttpMethod.Put, site, "categories/tin", new { name = "Một" })).Is(HttpStatusCode.Created);
        await app.WriteAndPublishAsync(site, "Bài", more: new { category = "tin" });
        (await app.EditAsync(HttpMethod.Put, site, "categories/tin", new { name = "Hai" })).Is(HttpStatusCode.OK);
        var seen = await VersionAsync();
        (await app.EditAsync(HttpMethod.Put, site, "categories/tin", new { name = "Ba" })).Is(HttpStatusCode.OK);

        // Whoever has read the second name writes only where the version is the one that they have seen.
        Assert.NotEqual(seen, await VersionAsync());
        await RebuildAsync(app);
        Assert.Equal(["bai"], (await app.GetAsync(site, "articles?q=ba")).Each("slug"));

        Task<int> VersionAsync() =>
            app.WithDatabaseAsync(context =>
                context
                    .SearchDocuments.Where(each => each.Site == site)
                    .Select(each => each.TextVersion)
                    .SingleAsync(cancel)
            );
    }

    /// <summary>Makes all texts ready once, as another replica would.</summary>
    private static async Task RebuildAsync(ContentApp app)
    {
        var rebuild = ActivatorUtilities.CreateInstance<SearchRebuild>(app.Services);
        while (await rebuild.RunAsync(TestContext.Current.CancellationToken) == TimeSpan.Zero)
        {
            // There is more to do.
        }
    }

    private static Task StopRebuildAsync(ContentApp app)
    {
        var name = app.Services.GetRequiredService<SearchRebuild>().Name;
        return app
            .Services.GetServices<IHostedService>()
            .OfType<PeriodicRunner>()
            .Single(each => each.Name == name)
            .StopAsync(TestContext.Current.CancellationToken);
    }

    private static string Marked(System.Text.Json.JsonElement snippet)
    {
        var marked = snippet.GetProperty("text").GetString()!;
        foreach (var hit in snippet.GetProperty("hits").EnumerateArray().Reverse())
        {
            var start = hit.GetProperty("start").GetInt32();
            marked = marked.Insert(start + hit.GetProperty("length").GetInt32(), "]").Insert(start, "[");
        }

        return marked;
    }

    private static async Task<string> FilledAsync(ContentApp app)
    {
        var site = app.NewSite();
        foreach (
            var (slug, name) in new[]
            {
                ("tin-tuc", "Tin tức – Sự kiện"),
                ("the-thao", "Thể thao"),
                ("van-ban", "Văn bản pháp quy"),
            }
        )
        {
            (await app.EditAsync(HttpMethod.Put, site, $"categories/{slug}", new { name })).Is(HttpStatusCode.Created);
        }
        for (var i = 0; i < Articles.Length; i++)
        {
            var (slug, title, summary, body, author, category) = Articles[i];
            await app.WriteAndPublishAsync(
                site,
                title,
                body,
                $"2024-01-{i + 1:00}T00:00:00Z",
                new
                {
                    slug,
                    summary,
                    author,
                    category,
                }
            );
        }

        return site;
    }
}
