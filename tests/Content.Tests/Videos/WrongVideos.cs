namespace PortalServices.Content.Tests.Videos;

/// <summary>Videos that are refused.</summary>
internal static class WrongVideos
{
    private const string Url = "https://video.example/1";

    /// <summary>Videos by what is wrong with them, each with the names of the wrong fields.</summary>
    public static IReadOnlyDictionary<string, (object Video, string[] WrongFields)> All { get; } =
        new Dictionary<string, (object, string[])>
        {
            ["no title"] = (new { url = Url }, ["title"]),
            ["title too long"] = With("title", new string('x', 301)),
            ["noncharacter in the title"] = With("title", "x\uFFFEy"),
            ["summary too long"] = With("summary", new string('x', 1_001)),
            ["address that is a path"] = With("url", "/a"),
            ["address without scheme"] = With("url", "//a.example"),
            ["address of FTP"] = With("url", "ftp://a.example"),
            ["address that is a script"] = With("url", "javascript:alert(1)"),
            ["address that is a host"] = With("url", "a.example"),
            ["address without host"] = With("url", "https://"),
            ["address too long"] = With("url", "https://a.example/" + new string('x', 2_048)),
            ["address that is null"] = With("url", null),
            ["thumbnail that is data"] = With("thumbnail", "data:image/png;base64,AA"),
            ["negative duration"] = With("durationSeconds", -1),
            ["duration of more than a day"] = With("durationSeconds", 86_401),
            ["empty date"] = With("publishedAt", ""),
            ["date in words"] = With("publishedAt", "yesterday"),
            ["date without zone"] = With("publishedAt", "2024-01-01T00:00:00"),
            ["date too early"] = With("publishedAt", "1989-12-31T00:00:00Z"),
            ["date too late"] = With("publishedAt", "2124-01-01T00:00:00Z"),
            ["several fields"] = (
                new
                {
                    title = "",
                    url = "",
                    durationSeconds = -1,
                },
                ["durationSeconds", "title", "url"]
            ),
        };

    /// <summary>A video with one field that is wrong.</summary>
    private static (object Video, string[] WrongFields) With(string field, object? value) =>
        (
            new Dictionary<string, object?>
            {
                ["title"] = "x",
                ["url"] = Url,
                [field] = value,
            },
            [field]
        );
}
