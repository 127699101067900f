using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Playwright;
using PortalServices.Testing;

namespace PortalServices.Browser.Tests.Fixtures;

/// <summary>A browser profile, and what its pages did.</summary>
public sealed class Visitor : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly ConcurrentQueue<string> _console = new();
    private readonly ConcurrentQueue<SentView> _sent = new();
    private readonly ConcurrentQueue<(SentView View, int Status)> _answered = new();
    private readonly IDisposable? _folder;

    internal Visitor(IBrowserContext profile, IDisposable? folder = null)
    {
        (Profile, _folder) = (profile, folder);
        profile.WebError += (_, fault) => _faults.Enqueue(fault.Error);
        profile.Console += (_, line) => _console.Enqueue($"{line.Type}: {line.Text}");
        profile.Request += (_, request) =>
        {
            if (IsView(request))
            {
                _sent.Enqueue(Read(request));
            }
        };
        profile.Response += (_, response) =>
        {
            if (IsView(response.Request))
            {
                _answered.Enqueue((Read(response.Request), response.Status));
            }
        };
    }

    /// <summary>The profile.</summary>
    public IBrowserContext Profile { get; }

    /// <summary>Errors that no script of any page caught.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    /// <summary>What was written to the consoles, each line behind its type.</summary>
    public IReadOnlyCollection<string> Console => _console;

    /// <summary>The views that were sent, in their order, those that were sent again, too.</summary>
    public IReadOnlyCollection<SentView> Sent => _sent;

    /// <summary>The views that a reply came to, with its status.</summary>
    public IReadOnlyCollection<(SentView View, int Status)> Answered => _answered;

    /// <summary>Opens an address in a new tab.</summary>
    public async Task<IPage> OpenAsync(string url)
    {
        var page = await Profile.NewPageAsync();
        await page.GotoAsync(url);
        return page;
    }

    /// <summary>Waits until these pages were sent as views, and no others, in this order.</summary>
    public async Task HasSentAsync(params string[] pages)
    {
        await Eventually.HoldsAsync(
            () => _sent.Count >= pages.Length,
            $"{pages.Length} views sent",
            TestContext.Current.CancellationToken
        );
        Assert.Equal(pages, _sent.Select(view => view.Page));
    }

    public async ValueTask DisposeAsync()
    {
        await Profile.CloseAsync();
        _folder?.Dispose();
    }

    private static bool IsView(IRequest request) =>
        request.Method == "POST" && request.Url.EndsWith("/views", StringComparison.Ordinal);

    private static SentView Read(IRequest request) =>
        JsonSerializer.Deserialize<SentView>(request.PostData!, JsonSerializerOptions.Web)!;
}
