using System.Buffers;
using System.Collections.Frozen;

namespace PortalServices.Counting.Bots;

/// <summary>
/// Tells bots by what they say of themselves. The lists hold only names that no person's browser or app carries: a
/// reader who is not counted is worse than a bot that is, so a short, old or odd user agent is a reader's.
/// </summary>
internal static class BotDetector
{
    // Anywhere in the string. The word "bot" is looked for with care (SaysBot) and is not here.
    private static readonly SearchValues<string> CrawlerWords = SearchValues.Create(
        [
            // What crawlers call themselves, and the address of an explanation, which only they carry.
            "crawl",
            "spider",
            "scrapy",
            "scraper",
            "slurp",
            "archiver",
            "feedfetcher",
            "heritrix",
            "nutch",
            "+http",
            // Fetchers of link previews. The in-app browsers of the same companies are people, and say FBAN, Instagram,
            // Zalo, Line.
            "facebookexternalhit",
            "facebookcatalog",
            "meta-external",
            "skypeuripreview",
            "bingpreview",
            "embedly",
            "iframely",
            "vkshare",
            // Services whose names hold no general word.
            "mediapartners-google",
            "apis-google",
            "googleother",
            "google-inspectiontool",
            "google-read-aloud",
            "google-safety",
            "google-site-verification",
            "google favicon",
            "chatgpt-user",
            "perplexity-user",
            "claude-user",
            // Monitors and testers of sites.
            "chrome-lighthouse",
            "google page speed",
            "pingdom",
            "statuscake",
            "site24x7",
            "uptime-kuma",
            "gtmetrix",
            "newrelicpinger",
            "datadogsynthetics",
            "catchpoint",
            "w3c_validator",
            "w3c-checklink",
            "validator.nu",
        ],
        StringComparison.OrdinalIgnoreCase
    );

    // Tools that dress as a browser but name themselves within.
    private static readonly SearchValues<string> ToolWords = SearchValues.Create(
        [
            "headlesschrome",
            "headlessshell",
            "phantomjs",
            "slimerjs",
            "puppeteer",
            "playwright",
            "selenium",
            "cypress/",
            "powershell/",
            "winhttp.winhttprequest",
            "libwww-perl",
            "libcurl",
            "httrack",
            "nmap scripting engine",
            "nikto",
            "sqlmap",
            "wpscan",
            "masscan",
            "zgrab",
            "nuclei -",
        ],
        StringComparison.OrdinalIgnoreCase
    );

    // Tools and libraries by the first word, which is theirs when nobody gave another. An app that names itself first,
    // whatever library it goes on to mention, is its readers'.
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> ToolNames = FrozenSet
        .Create(
            StringComparer.OrdinalIgnoreCase,
            "curl",
            "wget",
            "wget2",
            "httpie",
            "aria2",
            "lwp",
            "lwp-request",
            "lwp-trivial",
            "perl",
            "www-mechanize",
            "python",
            "python-requests",
            "python-urllib",
            "python-urllib3",
            "python-httpx",
            "aiohttp",
            "pycurl",
            "mechanize",
            "java",
            "apache-httpclient",
            "apache-httpasyncclient",
            "jakarta",
            "okhttp",
            "ktor-client",
            "reactornetty",
            "java-http-client",
            "go-http-client",
            "go-resty",
            "fasthttp",
            "dart",
            "reqwest",
            "ureq",
            "hyper",
            "node",
            "node-fetch",
            "node-superagent",
            "undici",
            "axios",
            "got",
            "bun",
            "deno",
            "php",
            "guzzlehttp",
            "symfony",
            "wordpress",
            "ruby",
            "faraday",
            "rest-client",
            "typhoeus",
            "http.rb",
            "restsharp",
            "flurl",
            "httpclient",
            "postmanruntime",
            "insomnia",
            "bruno-runtime",
            "apachebench",
            "k6",
            "grafana-k6",
            "wrk",
            "vegeta",
            "locust",
            "gatling",
            "jmeter",
            "siege",
            "kube-probe",
            "elb-healthchecker",
            "googlehc",
            "check_http",
            "nagios",
            "zabbix",
            "prometheus",
            "blackbox",
            "consul",
            "haproxy"
        )
        .GetAlternateLookup<ReadOnlySpan<char>>();

    // By the first word too: WhatsApp opens pages in the telephone's browser, and fetches previews under its own name.
    private const string PreviewOfWhatsApp = "whatsapp";

    private static readonly SearchValues<char> WordEnds = SearchValues.Create("/ ;,(");

    /// <summary>What a request's user agent says; of several header values, all of them joined.</summary>
    public static BotReason Classify(string? userAgent)
    {
        var agent = userAgent.AsSpan().Trim();
        if (agent.IsEmpty)
        {
            return BotReason.NoUserAgent;
        }
        var name = FirstWord(agent);
        if (ToolNames.Contains(name))
        {
            return BotReason.HttpTool;
        }
        if (
            SaysBot(agent)
            || agent.ContainsAny(CrawlerWords)
            || name.Equals(PreviewOfWhatsApp, StringComparison.OrdinalIgnoreCase)
        )
        {
            return BotReason.DeclaredCrawler;
        }
        return agent.ContainsAny(ToolWords) ? BotReason.HttpTool : BotReason.None;
    }

    /// <summary>
    /// Whether a word ends in "bot". Cubot makes telephones, which say "CUBOT X30" or "CUBOT_NOTE_20".
    /// </summary>
    private static bool SaysBot(ReadOnlySpan<char> agent)
    {
        for (int at; (at = agent.IndexOf("bot", StringComparison.OrdinalIgnoreCase)) >= 0; agent = agent[(at + 3)..])
        {
            var ends = at + 3 == agent.Length || !char.IsAsciiLetter(agent[at + 3]);
            if (ends && !IsCubot(agent[..at]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsCubot(ReadOnlySpan<char> before) =>
        before.EndsWith("cu", StringComparison.OrdinalIgnoreCase)
        && (before.Length == 2 || !char.IsAsciiLetter(before[^3]));

    private static ReadOnlySpan<char> FirstWord(ReadOnlySpan<char> agent)
    {
        var end = agent.IndexOfAny(WordEnds);
        return end < 0 ? agent : agent[..end];
    }
}
