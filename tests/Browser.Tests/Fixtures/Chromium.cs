using Microsoft.Playwright;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Processes;

namespace PortalServices.Browser.Tests.Fixtures;

/// <summary>
/// The Chromium in PATH; <c>PORTAL_TESTS_CHROMIUM</c> names another program. Nothing is downloaded.
/// </summary>
public sealed class Chromium : IAsyncLifetime
{
    // How long a busy machine may take; what is awaited usually comes at once.
    private const int Patience = 90_000;

    // A headless Chromium names itself in its own, and is counted as a bot.
    private const string UserAgent = ViewCall.Browser;

    // Playwright turns off what it finds hard to drive, and people have.
    private static readonly string[] DrivenOnly = ["--disable-back-forward-cache"];

    private static readonly string[] Flags =
    [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ];

    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public async ValueTask InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout(Patience);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(
            new()
            {
                ExecutablePath = Program,
                Args = Flags,
                IgnoreDefaultArgs = DrivenOnly,
                Timeout = Patience,
            }
        );
    }

    /// <summary>Somebody with a profile of their own, at a desktop.</summary>
    public async Task<Visitor> NewVisitorAsync(BrowserNewContextOptions? options = null)
    {
        options ??= new();
        options.UserAgent = UserAgent;
        return Ready(new Visitor(await _browser.NewContextAsync(options)));
    }

    /// <summary>Somebody whose browser forbids cookies, and with them all storage; a browser of its own.</summary>
    public async Task<Visitor> NewVisitorWithoutStorageAsync()
    {
        var profile = new TemporaryDirectory();
        Directory.CreateDirectory(profile.File("Default"));
        await File.WriteAllTextAsync(
            profile.File("Default/Preferences"),
            """{"profile":{"default_content_setting_values":{"cookies":2}}}"""
        );
        var context = await _playwright.Chromium.LaunchPersistentContextAsync(
            profile.Path,
            new()
            {
                ExecutablePath = Program,
                Args = Flags,
                UserAgent = UserAgent,
                Timeout = Patience,
            }
        );
        return Ready(new Visitor(context, profile));
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.CloseAsync();
        _playwright.Dispose();
    }

    private static string Program =>
        Environment.GetEnvironmentVariable("PORTAL_TESTS_CHROMIUM") is { Length: > 0 } named
            ? named
            : Programs.InPath("chromium");

    private static Visitor Ready(Visitor visitor)
    {
        visitor.Profile.SetDefaultTimeout(Patience);
        return visitor;
    }
}
