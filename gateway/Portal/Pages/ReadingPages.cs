using System.Globalization;
using System.Net;
using PortalServices.Portal.Api;
using PortalServices.Portal.Layout;
using PortalServices.Portal.Rendering;

namespace PortalServices.Portal.Pages;

/// <summary>Pages that everybody reads: home, articles, search, videos, tables, answers, numbers.</summary>
internal static class ReadingPages
{
    private const int MaxSearch = 200;
    private const string Articles = "/articles/";
    private const string AllCategories = "categories?pageSize=100";

    public static void MapReadingPages(this PageRoutes pages)
    {
        pages.MapPage("/", HomeAsync);
        pages.MapPage("/tin-tuc", NewsAsync);
        pages.MapPage("/articles/{slug}", ArticleAsync);
        pages.MapPage("/tim-kiem", SearchAsync);
        pages.MapPage("/video", VideosAsync);
        pages.MapPage("/tra-cuu", LookupsAsync);
        pages.MapPage("/tra-cuu/{slug}", LookupAsync);
        pages.MapPage("/hoi-dap", AnswersAsync);
        pages.MapPage("/thong-ke", StatisticsAsync);
        pages.MapPage("/tiep-can", page => page.ShowAsync<AccessibilityPage>("/tiep-can", ""));
        pages.MapPage("/so-lieu", page => page.ShowAsync<CountingPage>("/so-lieu", ""));
    }

    private static async Task<IResult> HomeAsync(PageRequest page)
    {
        var latest = page.ReadPartAsync<ListReply<ArticleItem>>("articles?pageSize=7");
        var mostViewed = page.ReadPartAsync<ListReply<ArticleItem>>("articles?sort=mostViewed&pageSize=5");
        var categories = page.ReadPartAsync<ListReply<CategoryItem>>(AllCategories);
        var answers = page.ReadPartAsync<ListReply<PublishedItem>>("feedback?pageSize=3");
        var videos = page.ReadPartAsync<ListReply<VideoItem>>("videos?pageSize=2");
        var lookups = page.ReadPartAsync<ListReply<LookupItem>>("lookups?pageSize=4");
        var parameters = new (string, object?)[]
        {
            (nameof(HomePage.Latest), (await latest).Value),
            (nameof(HomePage.MostViewed), (await mostViewed).Value),
            (nameof(HomePage.Categories), (await categories).Value),
            (nameof(HomePage.Answers), (await answers).Value),
            (nameof(HomePage.Videos), (await videos).Value),
            (nameof(HomePage.Lookups), (await lookups).Value),
        };
        return await page.ShowAsync<HomePage>("/", "", parameters);
    }

    private static async Task<IResult> NewsAsync(PageRequest page)
    {
        var category = page.Query("category");
        var query = Query(("category", category), ("page", page.Page == 1 ? "" : Number(page.Page)));
        var found = page.ReadAsync<ListReply<ArticleItem>>($"articles{query}");
        var categories = (await page.ReadPartAsync<ListReply<CategoryItem>>(AllCategories)).Value;
        var articles = (await found).Value;
        var isUnknown = category.Length > 0 && categories?.Items.All(each => each.Slug != category) is true;
        if (isUnknown || IsPastTheEnd(page, articles))
        {
            return Problem.Of(CommonProblems.NotFound);
        }
        return await page.ShowAsync<NewsPage>(
            main: articles,
            "/tin-tuc",
            query,
            (nameof(NewsPage.Articles), articles),
            (nameof(NewsPage.Categories), categories),
            (nameof(NewsPage.Category), category.Length == 0 ? null : category)
        );
    }

    private static async Task<IResult> ArticleAsync(PageRequest page)
    {
        var slug = (string)page.Context.GetRouteValue("slug")!;
        var categories = page.ReadPartAsync<ListReply<CategoryItem>>(AllCategories);
        var article = await page.ReadAsync<ArticleReply>($"articles/{Uri.EscapeDataString(slug)}");
        if (article.Status == HttpStatusCode.MovedPermanently && article.Location is { } location)
        {
            // An article may have its old address back: a browser that keeps both ways would go in circles.
            page.Context.Response.Headers.CacheControl = "no-cache";
            return Results.Redirect(
                $"/articles/{location.Split('/')[^1]}{page.Context.Request.QueryString}",
                permanent: true
            );
        }
        if (article.Value is not { } found)
        {
            return Missing(article.Status);
        }
        var related = await page.ReadPartAsync<ListReply<ArticleItem>>(
            $"articles{Query(("category", found.Category ?? ""), ("pageSize", "5"))}"
        );
        return await page.ShowAsync<ArticlePage>(
            found.Path,
            "",
            (nameof(ArticlePage.Article), found),
            (nameof(ArticlePage.Categories), (await categories).Value),
            (nameof(ArticlePage.Related), related.Value)
        );
    }

    private static async Task<IResult> SearchAsync(PageRequest page)
    {
        var words = page.Query("q");
        if (words.Length == 0)
        {
            return await page.ShowAsync<SearchPage>("/tim-kiem", "");
        }
        if (words.Length > MaxSearch)
        {
            return await TooLongAsync(page);
        }
        var found = page.ReadAsync<ListReply<ArticleItem>>(
            $"articles{Query(("q", words), ("page", Number(page.Page)))}"
        );
        var answers = page.ReadPartAsync<ListReply<PublishedItem>>($"feedback{Query(("q", words), ("pageSize", "3"))}");
        var categories = page.ReadPartAsync<ListReply<CategoryItem>>(AllCategories);
        var articles = (await found).Value;
        if (IsPastTheEnd(page, articles))
        {
            return Problem.Of(CommonProblems.NotFound);
        }
        return await page.ShowAsync<SearchPage>(
            main: articles,
            "/tim-kiem",
            Query(("q", words), ("page", page.Page == 1 ? "" : Number(page.Page))),
            (nameof(SearchPage.Query), words),
            (nameof(SearchPage.Articles), articles),
            (nameof(SearchPage.Answers), (await answers).Value),
            (nameof(SearchPage.Categories), (await categories).Value)
        );
    }

    private static async Task<IResult> VideosAsync(PageRequest page)
    {
        var query = page.Page == 1 ? "" : $"?page={Number(page.Page)}";
        var videos = (await page.ReadAsync<ListReply<VideoItem>>($"videos{query}")).Value;
        return IsPastTheEnd(page, videos)
            ? Problem.Of(CommonProblems.NotFound)
            : await page.ShowAsync<VideosPage>(main: videos, "/video", query, (nameof(VideosPage.Videos), videos));
    }

    private static async Task<IResult> LookupsAsync(PageRequest page)
    {
        var lookups = await page.ReadAsync<ListReply<LookupItem>>("lookups?pageSize=100");
        return await page.ShowAsync<LookupsPage>(
            main: lookups.Value,
            "/tra-cuu",
            "",
            (nameof(LookupsPage.Lookups), lookups.Value)
        );
    }

    private static async Task<IResult> LookupAsync(PageRequest page)
    {
        var slug = (string)page.Context.GetRouteValue("slug")!;
        var words = page.Query("q");
        var query = Query(("q", words), ("page", page.Page == 1 ? "" : Number(page.Page)));
        if (words.Length > MaxSearch)
        {
            return await TooLongAsync(page);
        }
        var table = await page.ReadAsync<LookupReply>($"lookups/{Uri.EscapeDataString(slug)}{query}");
        return table.Value is null ? Missing(table.Status)
            : page.Page > 1 && table.Value.Items.Count == 0 ? Problem.Of(CommonProblems.NotFound)
            : await page.ShowAsync<LookupPage>(
                $"/tra-cuu/{table.Value.Slug}",
                query,
                (nameof(LookupPage.Table), table.Value),
                (nameof(LookupPage.Query), words)
            );
    }

    private static async Task<IResult> AnswersAsync(PageRequest page)
    {
        var (words, category) = (page.Query("q"), page.Query("category"));
        var list = Query(("q", words), ("category", category));
        var query = Query(("q", words), ("category", category), ("page", page.Page == 1 ? "" : Number(page.Page)));
        if (words.Length > MaxSearch)
        {
            return await TooLongAsync(page);
        }
        var answers = (await page.ReadAsync<ListReply<PublishedItem>>($"feedback{query}")).Value;
        var isUnknown = category.Length > 0 && page.Site.FeedbackCategories.All(each => each.Id != category);
        if (isUnknown || IsPastTheEnd(page, answers))
        {
            return Problem.Of(CommonProblems.NotFound);
        }
        return await page.ShowAsync<AnswersPage>(
            main: answers,
            "/hoi-dap",
            query,
            (nameof(AnswersPage.Answers), answers),
            (nameof(AnswersPage.Query), words),
            (nameof(AnswersPage.Category), category),
            (nameof(AnswersPage.List), $"/hoi-dap{list}")
        );
    }

    private static async Task<IResult> StatisticsAsync(PageRequest page)
    {
        const int days = 30;
        if (!page.Site.PublicStatistics)
        {
            return Problem.Of(CommonProblems.NotFound);
        }
        var zone = page.Site.Zone;
        var now = page.Context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var today = TimeZoneInfo.ConvertTime(now, zone).Date;
        // Its tables end with this hour, whether there were views or not.
        page.DependOn(now.ToString("yyyy-MM-ddTHH", CultureInfo.InvariantCulture));
        var tomorrow = Midnight(today.AddDays(1), zone);
        var hours = page.ReadPartAsync<TrafficReply>($"traffic?step=hour&from={Midnight(today, zone)}&to={tomorrow}");
        var week = today.AddDays(-(((int)today.DayOfWeek - (int)page.Site.FirstDayOfWeek + 7) % 7));
        var thisWeek = page.ReadPartAsync<TrafficReply>(
            $"traffic?step=day&from={Midnight(week, zone)}&to={Midnight(week.AddDays(7), zone)}"
        );
        var month = page.ReadPartAsync<TrafficReply>(
            $"traffic?step=day&from={Midnight(today.AddDays(1 - days), zone)}&to={tomorrow}"
        );
        var top = await page.ReadPartAsync<TopPagesReply>("pages/top?period=week&limit=20");
        var titles = SiteMenu.Of(page.Text).ToDictionary(each => each.Address, each => each.Name);
        // Whatever was counted is in the list. Shown is what there is: anybody can count a page by any name.
        var articles = (top.Value?.Items ?? [])
            .Select(item => item.Path)
            .Where(path => path.StartsWith(Articles, StringComparison.Ordinal))
            .Select(path => (Path: path, Slug: path[Articles.Length..]))
            .Where(each => each.Slug.Length > 0 && each.Slug.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            .Select(each => (each.Path, Article: page.ReadPartAsync<ArticleReply>($"articles/{each.Slug}")))
            .ToList();
        foreach (var (path, article) in articles)
        {
            if ((await article).Value is { } known)
            {
                titles[path] = known.Title;
            }
        }
        return await page.ShowAsync<StatisticsPage>(
            "/thong-ke",
            "",
            (nameof(StatisticsPage.Today), (await hours).Value),
            (nameof(StatisticsPage.Week), (await thisWeek).Value),
            (nameof(StatisticsPage.Month), (await month).Value),
            (nameof(StatisticsPage.Top), top.Value),
            (nameof(StatisticsPage.Titles), titles)
        );
    }

    private static Task<IResult> TooLongAsync(PageRequest page) =>
        page.ShowMessageAsync(
            StatusCodes.Status400BadRequest,
            (nameof(MessagePage.Title), page.Text["Từ cần tìm quá dài", "The words to search for are too long"]),
            (nameof(MessagePage.Words), page.Text["Tối đa 200 ký tự.", "At most 200 characters."]),
            (nameof(MessagePage.BackTo), "/tim-kiem"),
            (nameof(MessagePage.BackName), page.Text["Tìm lại", "Search again"])
        );

    private static bool IsPastTheEnd<T>(PageRequest page, ListReply<T>? list) =>
        page.Page > 1 && list?.Items.Count == 0;

    private static IResult Missing(HttpStatusCode status) =>
        status == HttpStatusCode.ServiceUnavailable
            ? Problem.Of(CommonProblems.ServiceUnavailable, retryAfter: TimeSpan.FromSeconds(5))
            : Problem.Of(CommonProblems.NotFound);

    // The first instant of a day of the site's clock.
    private static string Midnight(DateTime day, TimeZoneInfo zone)
    {
        while (zone.IsInvalidTime(day))
        {
            day = day.AddMinutes(15);
        }
        return Texts.Machine(TimeZoneInfo.ConvertTimeToUtc(DateTime.SpecifyKind(day, DateTimeKind.Unspecified), zone));
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    // Parameters that are empty are left out.
    private static string Query(params ReadOnlySpan<(string Name, string Value)> parameters)
    {
        var query = "";
        foreach (var (name, value) in parameters)
        {
            if (value.Length > 0)
            {
                query += $"{(query.Length == 0 ? '?' : '&')}{name}={Uri.EscapeDataString(value)}";
            }
        }
        return query;
    }
}
