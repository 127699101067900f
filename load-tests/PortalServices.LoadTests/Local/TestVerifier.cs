using PortalServices.LoadTests.Scenarios;
using PortalServices.Testing.Processes;

namespace PortalServices.LoadTests.Local;

/// <summary>A siteverify service that takes the token of the feedback scenario, and nothing else.</summary>
internal sealed class TestVerifier : IAsyncDisposable
{
    /// <summary>What the suite shows to it.</summary>
    public const string Secret = "the secret of the load test's own verifier";

    private readonly WebApplication _app;

    private TestVerifier(WebApplication app, Uri address) => (_app, Address) = (app, address);

    public Uri Address { get; }

    public static async Task<TestVerifier> StartAsync()
    {
        var address = new Uri(FormattableString.Invariant($"http://127.0.0.1:{Ports.Free()}/siteverify"));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address.GetLeftPart(UriPartial.Authority));
        var app = builder.Build();
        app.MapPost(
            "/siteverify",
            async (HttpContext context) =>
            {
                var form = await context.Request.ReadFormAsync(context.RequestAborted);
                var isOne = form["response"].ToString().StartsWith(FeedbackPosts.Token, StringComparison.Ordinal);
                return Results.Json(new { success = isOne && form["secret"] == Secret });
            }
        );
        await app.StartAsync();
        return new TestVerifier(app, address);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
