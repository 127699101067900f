using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using PortalServices.ServiceDefaults.Connections;
using PortalServices.ServiceDefaults.Requests;
using PortalServices.ServiceDefaults.Shutdown;
using PortalServices.Testing;

namespace PortalServices.ServiceDefaults.Tests.Requests;

public sealed class EarlyRequestsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(nameof(Early.Answers), HttpStatusCode.Accepted)]
    [InlineData(nameof(Early.GivesBack), HttpStatusCode.OK)]
    [InlineData(nameof(Early.FailsAtOnce), HttpStatusCode.InternalServerError)]
    [InlineData(nameof(Early.FailsLater), HttpStatusCode.InternalServerError)]
    [InlineData(nameof(Early.FailsToLook), HttpStatusCode.OK)]
    [InlineData("other", HttpStatusCode.OK)]
    public async Task Each_request_is_counted_once_whoever_answers_it(string path, HttpStatusCode status)
    {
        await using var app = await StartAsync();
        using var reply = await PostAsync(app, path);
        Assert.Equal(status, reply.StatusCode);
        var tally = app.Services.GetRequiredService<RequestTally>();
        // What is answered is counted a moment after its client has it.
        await Eventually.HoldsAsync(() => tally.Answered > 0, "it is answered", Cancel);
        Assert.Equal((1, 1, 0), (tally.Read, tally.Answered, tally.BrokenOff));
    }

    [Theory]
    [InlineData(nameof(Early.FailsAtOnce))]
    [InlineData(nameof(Early.FailsLater))]
    public async Task What_fails_early_is_a_problem_with_the_headers_of_every_reply(string path)
    {
        await using var app = await StartAsync();
        using var reply = await PostAsync(app, path);
        var problem = await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal("internal_error", problem.GetProperty("code").GetString());
        Assert.Equal("completed", Assert.Single(reply.Headers.GetValues("X-Fault")));
    }

    [Fact]
    public async Task A_process_that_ends_leaves_all_to_the_pipeline()
    {
        await using var app = await StartAsync("--Shutdown:DrainTime=00:00:20");
        _ = app.StopAsync();
        using var reply = await PostAsync(app, nameof(Early.Answers));
        Assert.Equal((HttpStatusCode.OK, true), (reply.StatusCode, reply.Headers.ConnectionClose));
    }

    [Theory]
    [InlineData(nameof(Early.Answers))]
    [InlineData(nameof(Early.GivesBack))]
    [InlineData(nameof(Early.FailsLater))]
    public async Task A_stream_is_charged_for_while_it_is_answered(string path)
    {
        await using var app = await StartAsync("--Kestrel:Endpoints:Public:Protocols=Http2");
        var early = app.Services.GetRequiredService<Early>();
        using var client = new HttpClient(new SocketsHttpHandler());
        using var request = new HttpRequestMessage(HttpMethod.Post, app.At(Door.Public, "/" + path))
        {
            Content = new StringContent("{}"),
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var reply = await client.SendAsync(request, Cancel);
        Assert.True(early.ChargedMeanwhile > 0, $"It was charged with {early.ChargedMeanwhile} bytes.");
        await Eventually.HoldsAsync(
            () => early.Connection!.IsClosing || early.Connection.Charged == 0,
            "nothing is charged for any more",
            Cancel
        );
        Assert.False(early.Connection!.IsClosing, "The connection has ended, and with it what it was charged with.");
    }

    private static Task<HttpResponseMessage> PostAsync(TestApp app, string path) =>
        app.SendAsync(Door.Public, HttpMethod.Post, "/" + path, new StringContent("{}"));

    private static Task<TestApp> StartAsync(params string[] settings) =>
        TestApp.StartAsync(
            builder =>
                builder
                    .Services.AddSingleton<Early>()
                    .AddSingleton<IEarlyHandler>(services => services.GetRequiredService<Early>()),
            app => app.MapPost("/{what}", () => "by the pipeline"),
            settings
        );

    private sealed class Early : IEarlyHandler
    {
        public TrackedConnection? Connection { get; private set; }

        public long ChargedMeanwhile { get; private set; }

        public bool Covers(HttpContext context) =>
            What(context) switch
            {
                nameof(Answers) or nameof(GivesBack) or nameof(FailsAtOnce) or nameof(FailsLater) => true,
                nameof(FailsToLook) => throw new InvalidOperationException("It fails to look."),
                _ => false,
            };

        public Task<bool> TryAnswerAsync(HttpContext context)
        {
            Connection = context.Features.Get<TrackedConnection>();
            ChargedMeanwhile = Connection?.Charged ?? 0;
            return What(context) switch
            {
                nameof(Answers) => Answers(context),
                nameof(GivesBack) => GivesBack(),
                nameof(FailsLater) => FailsLater(),
                _ => FailsAtOnce(),
            };
        }

        public void CompleteFault(HttpContext context) =>
            context.Response.OnStarting(() =>
            {
                context.Response.Headers["X-Fault"] = "completed";
                return Task.CompletedTask;
            });

        public static async Task<bool> Answers(HttpContext context)
        {
            await Task.Yield();
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            await context.Response.WriteAsync("early", Cancel);
            return true;
        }

        public static async Task<bool> GivesBack()
        {
            await Task.Yield();
            return false;
        }

        public static Task<bool> FailsAtOnce() => throw new InvalidOperationException("It fails at once.");

        public static async Task<bool> FailsLater()
        {
            await Task.Yield();
            throw new InvalidOperationException("It fails later.");
        }

        public static bool FailsToLook => true;

        private static string? What(HttpContext context) => context.Request.Path.Value?.TrimStart('/');
    }
}
