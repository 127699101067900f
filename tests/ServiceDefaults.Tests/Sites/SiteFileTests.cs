namespace PortalServices.ServiceDefaults.Tests.Sites;

public sealed class SiteFileTests
{
    [Fact]
    public void A_site_is_read_whole()
    {
        var list = Load(
            """
            {"sites":[{"id":"sonla","name":"Sơn La","origins":["https://Portal.Example:443","http://x.example:8080"],"zone":"Asia/Kathmandu",
            "firstDayOfWeek":"sunday","onlineWindowMinutes":15,"keptQueryParameters":["ItemID"],"language":"en","privacy":"drop","receiptPage":"/done",
            "feedbackCategories":[{"id":"hoc-phi","name":"Học phí","nameEn":"Fees"},{"id":"khac","name":"Khác"}],"publicStatistics":true,"loadTest":true}]}
            """
        );
        var site = Assert.Single(list.All);
        Assert.Equal(
            ("sonla", "Sơn La", "Asia/Kathmandu", DayOfWeek.Sunday, 15, "en", VisitorPrivacy.Drop, "/done"),
            (
                site.Id,
                site.Name,
                site.Zone.Id,
                site.FirstDayOfWeek,
                site.OnlineWindowMinutes,
                site.Language,
                site.Privacy,
                site.ReceiptPage
            )
        );
        Assert.Equal(["https://portal.example", "http://x.example:8080"], site.Origins);
        Assert.Equal(["ItemID"], site.KeptQueryParameters);
        Assert.Equal(
            [new FeedbackCategory("hoc-phi", "Học phí", "Fees"), new FeedbackCategory("khac", "Khác", null)],
            site.FeedbackCategories
        );
        Assert.True(site.PublicStatistics);
        Assert.True(site.LoadTest);
        Assert.True(list.TryGet("sonla", out _));
        Assert.False(list.TryGet("SONLA", out _));
    }

    [Fact]
    public void A_star_is_any_origin_and_none_in_particular()
    {
        var site = Assert.Single(Load("""{"sites":[{"id":"a","name":"A","origins":["*"]}]}""").All);
        Assert.Equal((true, 0), (site.AllowsAnyOrigin, site.Origins.Count));
    }

    [Fact]
    public void What_a_site_does_not_say_is_the_reference_portals()
    {
        var site = Assert.Single(Load("""{"sites":[{"id":"a","name":"A"}]}""").All);
        Assert.Equal(
            ("Asia/Ho_Chi_Minh", DayOfWeek.Monday, 5, "vi", VisitorPrivacy.ViewsOnly, null as string),
            (site.Zone.Id, site.FirstDayOfWeek, site.OnlineWindowMinutes, site.Language, site.Privacy, site.ReceiptPage)
        );
        Assert.Empty(site.Origins);
        Assert.False(site.AllowsAnyOrigin);
        Assert.Empty(site.FeedbackCategories);
        Assert.False(site.PublicStatistics);
        Assert.False(site.LoadTest);
    }

    [Theory]
    [InlineData("""{"sites":[]}""", "sites: at least one")]
    [InlineData("{}", "sites: at least one")]
    [InlineData("""{"sites":[null]}""", "sites[0].id")]
    [InlineData("""{"sites":[{"id":"Son La","name":"A"}]}""", "sites[0].id")]
    [InlineData("""{"sites":[{"id":"a","name":" "}]}""", "sites[0].name")]
    [InlineData("""{"sites":[{"id":"a","name":"A"},{"id":"a","name":"B"}]}""", "sites[1].id: 'a' is used twice")]
    [InlineData("""{"sites":[{"id":"a","name":"A","zone":"Asia/Nowhere"}]}""", "sites[0].zone: 'Asia/Nowhere'")]
    [InlineData(
        """{"sites":[{"id":"a","name":"A","origins":["https://portal.example/news"]}]}""",
        "sites[0].origins: 'https://portal.example/news'"
    )]
    [InlineData("""{"sites":[{"id":"a","name":"A","origins":["https://portal.example/"]}]}""", "sites[0].origins")]
    [InlineData("""{"sites":[{"id":"a","name":"A","origins":[null]}]}""", "sites[0].origins")]
    [InlineData("""{"sites":[{"id":"a","name":"A","keptQueryParameters":["a&b"]}]}""", "sites[0].keptQueryParameters")]
    [InlineData(
        """{"sites":[{"id":"a","name":"A","keptQueryParameters":["id","ID"]}]}""",
        "sites[0].keptQueryParameters"
    )]
    [InlineData("""{"sites":[{"id":"a","name":"A","onlineWindowMinutes":0}]}""", "sites[0].onlineWindowMinutes")]
    [InlineData("""{"sites":[{"id":"a","name":"A","language":"fr"}]}""", "sites[0].language")]
    [InlineData("""{"sites":[{"id":"a","name":"A","receiptPage":"javascript:alert(1)"}]}""", "sites[0].receiptPage")]
    [InlineData("""{"sites":[{"id":"a","name":"A","receiptPage":"//evil.example"}]}""", "sites[0].receiptPage")]
    [InlineData("""{"sites":[{"id":"a","name":"A","firstDayOfWeek":"someday"}]}""", "firstDayOfWeek")]
    [InlineData("""{"sites":[{"id":"a","name":"A","zones":"x"}]}""", "zones")]
    [InlineData("""{"sites":[{"id":"a","id":"b","name":"A"}]}""", "id")]
    [InlineData("""{"sites":[{"id":"a\n","name":"A"}]}""", "sites[0].id")]
    [InlineData("""{"sites":[{"id":"a","name":"A\nB"}]}""", "sites[0].name")]
    [InlineData("""{"sites":[{"id":"a","name":"A","zone":"Asia/Ho_Chi_Minh\n"}]}""", "sites[0].zone")]
    [InlineData("""{"sites":[{"id":"a","name":"A","language":"vi\n"}]}""", "sites[0].language")]
    [InlineData("""{"sites":[{"id":"a","name":"A","origins":["https://portal.example\n"]}]}""", "sites[0].origins")]
    [InlineData("""{"sites":[{"id":"a","name":"A","receiptPage":"/a\n"}]}""", "sites[0].receiptPage")]
    [InlineData("""{"sites":[{"id":"a","name":"A","receiptPage":"https://a.example/\n"}]}""", "sites[0].receiptPage")]
    [InlineData("""{"sites":[{"id":"a","name":"A","keptQueryParameters":[null]}]}""", "sites[0].keptQueryParameters")]
    [InlineData("""{"sites":[{"id":"a","name":"A","origins":null}]}""", "origins")]
    [InlineData(
        """{"sites":[{"id":"a","name":"A","origins":["*","https://portal.example"]}]}""",
        "sites[0].origins: '*' means any origin, and so must be the only entry"
    )]
    [InlineData("""{"sites":[{"id":"a","name":"A","origins":["*","*"]}]}""", "sites[0].origins: '*' means any origin")]
    [InlineData("""{"sites":[{"id":"a","name":"A","origins":["https://*.example"]}]}""", "sites[0].origins")]
    [InlineData("""{"sites":[{"id":"a","name":"A","publicStatistics":"yes"}]}""", "publicStatistics")]
    [InlineData("""{"sites":[{"id":"a","name":"A","loadTest":1}]}""", "loadTest")]
    [InlineData("""{"sites":[{"id":"a","name":"A","feedbackCategories":null}]}""", "feedbackCategories")]
    [InlineData(
        """{"sites":[{"id":"a","name":"A","feedbackCategories":[null]}]}""",
        "sites[0].feedbackCategories: '' is not an id"
    )]
    [InlineData(
        """{"sites":[{"id":"a","name":"A","feedbackCategories":[{"id":"Học phí","name":"B"}]}]}""",
        "sites[0].feedbackCategories: 'Học phí' is not an id"
    )]
    [InlineData(
        """{"sites":[{"id":"a","name":"A","feedbackCategories":[{"id":"b"}]}]}""",
        "sites[0].feedbackCategories: 'b' needs a name"
    )]
    [InlineData(
        """{"sites":[{"id":"a","name":"A","feedbackCategories":[{"id":"b","name":"B","nameEn":"a\nb"}]}]}""",
        "sites[0].feedbackCategories: 'b' needs a name"
    )]
    [InlineData(
        """{"sites":[{"id":"a","name":"A","feedbackCategories":[{"id":"b","name":"B"},{"id":"b","name":"C"}]}]}""",
        "sites[0].feedbackCategories: an id is there twice"
    )]
    [InlineData("not json", "Sites:File")]
    public void A_mistake_stops_the_start_and_is_named(string file, string expected)
    {
        var failure = Assert.Throws<StartupException>(() => Load(file));
        Assert.StartsWith("Sites:File: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.Contains(".json", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_mistakes_are_told_at_once()
    {
        var failure = Assert.Throws<StartupException>(() =>
            Load("""{"sites":[{"id":"A","name":"A"},{"id":"b","name":"","zone":"x"}]}""")
        );
        Assert.All(
            ["sites[0].id", "sites[1].name", "sites[1].zone"],
            at => Assert.Contains(at, failure.Message, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var failure = Assert.Throws<StartupException>(() => SiteFile.Load("/nowhere/sites.json"));
        Assert.Contains("/nowhere/sites.json", failure.Message, StringComparison.Ordinal);
    }

    private static SiteList Load(string file)
    {
        var path = Path.ChangeExtension(Path.GetTempFileName(), ".json");
        File.WriteAllText(path, file);
        try
        {
            return SiteFile.Load(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
