using System.Net;

namespace PortalServices.Testing.Portal;

/// <summary>How the fields of a view travel.</summary>
public enum ViewForm
{
    /// <summary>A JSON body.</summary>
    Json,

    /// <summary>The same JSON as text/plain, as a beacon sends it.</summary>
    Text,

    /// <summary>The query string, with an empty body.</summary>
    Query,
}

/// <summary>One view as a client sends it. What is null is not sent.</summary>
public sealed record ViewCall(string? Page)
{
    /// <summary>A browser as most visitors use it.</summary>
    public const string Browser =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";

    /// <summary>The client's own id of this view.</summary>
    public string? View { get; init; }

    /// <summary>Milliseconds since the client first sent it; a string so that nonsense can be sent too.</summary>
    public string? Age { get; init; }

    /// <summary>Where the visitor came from.</summary>
    public string? Referrer { get; init; }

    /// <summary>The User-Agent header; null sends none.</summary>
    public string? UserAgent { get; init; } = Browser;

    /// <summary>How the fields travel.</summary>
    public ViewForm Form { get; init; } = ViewForm.Json;

    /// <summary>Asks for 204 instead of the numbers.</summary>
    public bool Minimal { get; init; }

    /// <summary>More headers.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The loopback address that the call comes from.</summary>
    public IPAddress? From { get; init; }

    /// <summary>A new id, as a client makes one.</summary>
    public static string NewId() => Guid.NewGuid().ToString("N");
}
