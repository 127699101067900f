using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace PortalServices.LoadTests.Scenarios;

/// <summary>
/// What the tool reads of one target outside the load, through the public door: which sites there are, and what was
/// counted.
/// </summary>
internal sealed class PublicApi(Uri target, TimeSpan timeout) : IDisposable
{
    /// <summary>Pages in one question.</summary>
    public const int MaxPages = 100;

    private const string Browser = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0";

    private readonly HttpClient _client = NewClient(target, timeout);

    public Uri Target => target;

    /// <summary>Whether a site is there for load tests.</summary>
    /// <exception cref="ToolException">The target does not answer, or does not know the site.</exception>
    public async Task<bool> IsForLoadTestsAsync(string site, CancellationToken cancel)
    {
        var json = await GetAsync($"/api/sites/{Uri.EscapeDataString(site)}", cancel);
        return json is { } found
            ? found.ValueKind == JsonValueKind.Object
                && found.TryGetProperty("loadTest", out var value)
                && value.ValueKind == JsonValueKind.True
            : throw new ToolException(ErrorCode.UnknownSite, $"{target} has no site '{site}'.");
    }

    /// <summary>The addresses of a site's articles.</summary>
    public async Task<IReadOnlyList<string>> ArticlesAsync(string site, CancellationToken cancel) =>
        await GetAsync($"/api/sites/{site}/articles?pageSize=50", cancel) is { } list
            ?
            [
                .. list.GetProperty("items")
                    .EnumerateArray()
                    .Select(item => $"/api/sites/{site}/articles/{item.GetProperty("slug").GetString()}"),
            ]
            : [];

    /// <summary>The views counted of some pages, in all; null while the target has no current numbers.</summary>
    /// <param name="site">The site.</param>
    /// <param name="paths">At most <see cref="MaxPages"/> pages.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<PageTotals?> TotalsAsync(string site, IReadOnlyList<string> paths, CancellationToken cancel)
    {
        using var reply = await SendAsync(
            () => _client.PostAsJsonAsync($"/api/sites/{site}/pages/query", new { paths }, cancel),
            cancel
        );
        if (reply.StatusCode == HttpStatusCode.ServiceUnavailable)
        {
            return null;
        }
        var json = await JsonOfAsync(reply, cancel);
        if (json.GetProperty("stale").GetBoolean())
        {
            return null;
        }
        return new PageTotals([
            .. json.GetProperty("items")
                .EnumerateArray()
                .Select(item => item.GetProperty("views").GetProperty("total").GetInt64()),
        ]);
    }

    /// <summary>Whether the site's box says that the store lost data.</summary>
    public async Task<bool> HasLossAsync(string site, CancellationToken cancel) =>
        await GetAsync($"/api/sites/{site}/stats", cancel) is { } box
        && box.TryGetProperty("storeLoss", out var loss)
        && loss.ValueKind == JsonValueKind.True;

    public void Dispose() => _client.Dispose();

    /// <summary>The answer as JSON; null for 404.</summary>
    private async Task<JsonElement?> GetAsync(string path, CancellationToken cancel)
    {
        using var reply = await SendAsync(() => _client.GetAsync(new Uri(path, UriKind.Relative), cancel), cancel);
        return reply.StatusCode == HttpStatusCode.NotFound ? null : await JsonOfAsync(reply, cancel);
    }

    private async Task<HttpResponseMessage> SendAsync(Func<Task<HttpResponseMessage>> send, CancellationToken cancel)
    {
        try
        {
            return await send();
        }
        catch (Exception failure)
            when (failure is HttpRequestException or IOException
                || (failure is OperationCanceledException && !cancel.IsCancellationRequested)
            )
        {
            var why =
                failure is OperationCanceledException
                    ? FormattableString.Invariant($"no answer within {timeout.TotalSeconds:0.#} s")
                    : failure.Message;
            throw new ToolException(ErrorCode.TargetUnreachable, $"{target}: {why}");
        }
    }

    private async Task<JsonElement> JsonOfAsync(HttpResponseMessage reply, CancellationToken cancel)
    {
        var path = reply.RequestMessage?.RequestUri?.AbsolutePath;
        if (!reply.IsSuccessStatusCode)
        {
            throw new ToolException(
                ErrorCode.TargetFailed,
                $"{target} answers {(int)reply.StatusCode} to {reply.RequestMessage?.Method} {path}."
            );
        }
        try
        {
            return await reply.Content.ReadFromJsonAsync<JsonElement>(cancel);
        }
        catch (Exception broken) when (broken is JsonException or HttpRequestException or IOException)
        {
            throw new ToolException(ErrorCode.TargetFailed, $"{target} answers {path} with something else than JSON.");
        }
    }

    private static HttpClient NewClient(Uri target, TimeSpan timeout)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
        {
            BaseAddress = target,
            Timeout = timeout,
        };
        client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", Browser);
        return client;
    }
}

/// <summary>What a target shows of some pages.</summary>
/// <param name="Views">The views of each, in all, in the order asked.</param>
internal sealed record PageTotals(IReadOnlyList<long> Views);
