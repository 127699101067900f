using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using PortalServices.Database;

namespace PortalServices.Feedback.Tests.Captcha;

/// <summary>Stands in for a service that speaks the <c>siteverify</c> protocol, and answers as a test says.</summary>
internal sealed class VerifierElsewhere : IAsyncDisposable
{
    public const string Secret = "0x4AAA+secret&more";

    private readonly WebApplication _app;

    private VerifierElsewhere(WebApplication app) => _app = app;

    /// <summary>How it answers; what is asked has been read by then.</summary>
    public RequestDelegate Reply { get; set; } = _ => Task.CompletedTask;

    /// <summary>What it was asked: the fields of each form.</summary>
    public ConcurrentQueue<Dictionary<string, string>> Asked { get; } = new();

    public Uri Url => new(new Uri(_app.Urls.Single()), "/siteverify");

    public static async Task<VerifierElsewhere> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var verifier = new VerifierElsewhere(app);
        app.Run(verifier.AnswerAsync);
        await app.StartAsync();
        return verifier;
    }

    /// <summary>Answers with a text, whatever it is.</summary>
    public void Says(string text, HttpStatusCode status = HttpStatusCode.OK, string type = "application/json") =>
        Reply = context =>
        {
            (context.Response.StatusCode, context.Response.ContentType) = ((int)status, type);
            return context.Response.WriteAsync(text, context.RequestAborted);
        };

    /// <summary>Feedback that asks here.</summary>
    public Task<FeedbackApp> FeedbackAsync(FeedbackApps apps, DatabaseKind kind, params string[] settings) =>
        apps.StartAsync(
            kind,
            settings:
            [
                "--Captcha:Verifier=SiteVerify",
                $"--Captcha:SiteVerifyUrl={Url}",
                $"--Captcha:SiteVerifySecret={Secret}",
                .. settings,
            ]
        );

    public Task StopAsync() => _app.StopAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.Method == HttpMethods.Post && request.HasFormContentType)
        {
            Asked.Enqueue(
                (await request.ReadFormAsync()).ToDictionary(field => field.Key, field => field.Value.ToString())
            );
        }
        await Reply(context);
    }
}
