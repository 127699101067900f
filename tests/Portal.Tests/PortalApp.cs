using System.Diagnostics.Metrics;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using PortalServices.Edge;

namespace PortalServices.Portal.Tests;

/// <summary>The portal in front of services of the test.</summary>
internal sealed class PortalApp : IAsyncDisposable
{
    public const string Browser = "text/html,application/xhtml+xml";

    public static readonly string[] Pages =
    [
        "/",
        "/tin-tuc",
        "/tin-tuc?category=tin-tuc",
        "/articles/mot",
        "/tim-kiem",
        "/tim-kiem?q=hoc",
        "/video",
        "/tra-cuu",
        "/tra-cuu/van-ban?q=so",
        "/hoi-dap?q=hoc&category=hoc-phi",
        "/gop-y",
        "/theo-doi",
        "/theo-doi?receipt=7KQ2-M0XA-T9RD",
        "/theo-doi?receipt=AAAA",
        "/thong-ke",
        "/tiep-can",
        "/so-lieu",
        "/articles/mot/danh-gia",
        "/khong-co",
    ];

    private readonly TestApp _app;
    private readonly string _sites;
    private readonly MeterListener _meters = new();
    private int _rendered,
        _active;

    private PortalApp(TestApp app, FakeServices services, FakeTimeProvider clock, string sites)
    {
        (_app, Services, Clock, _sites) = (app, services, clock, sites);
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (
                instrument.Name is "portal.pages.rendered" or "http.server.active_requests"
                && instrument.Meter.Scope is null or IMeterFactory
            )
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meters.SetMeasurementEventCallback<long>(
            (instrument, value, _, _) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, app.Services.GetRequiredService<IMeterFactory>()))
                {
                    Interlocked.Add(
                        ref instrument.Name == "portal.pages.rendered" ? ref _rendered : ref _active,
                        (int)value
                    );
                }
            }
        );
        _meters.Start();
    }

    public FakeServices Services { get; }

    public FakeTimeProvider Clock { get; }

    public IServiceProvider Parts => _app.Services;

    public int Rendered => Volatile.Read(ref _rendered);

    /// <summary>Requests that are being answered, those of pages to the services with them.</summary>
    public int Active => Volatile.Read(ref _active);

    public static async Task<PortalApp> StartAsync(params string[] settings)
    {
        var (services, clock) = (new FakeServices(), new FakeTimeProvider(new(2026, 11, 30, 3, 0, 0, TimeSpan.Zero)));
        var sites = await WriteSitesAsync();
        var app = await TestApp.StartAsync(
            builder =>
            {
                builder.AddEdge().AddPortal();
                builder.Services.AddSingleton<TimeProvider>(clock);
            },
            app =>
            {
                app.UsePortal().UseEdge().MapPortal();
                services.Map(app);
            },
            [
                "--Portal:Enabled=true",
                $"--Sites:File={sites}",
                "--Edge:PagesPerMinute=0",
                "--Edge:TrustedProxies:0=127.0.0.1",
                .. settings,
            ]
        );
        return new PortalApp(app, services, clock, sites);
    }

    /// <summary>The public door, without a slash at its end.</summary>
    public string PublicDoor => _app.At(Door.Public).GetLeftPart(UriPartial.Authority);

    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers) =>
        _app.GetAsync(Door.Public, path, headers);

    public Task<HttpResponseMessage> GetAsync(string path, CancellationToken leaves) =>
        _app.Client.GetAsync(_app.At(Door.Public, path), leaves);

    public Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        params (string Name, string Value)[] headers
    ) => _app.SendAsync(Door.Public, method, path, null, headers);

    public Task<HttpResponseMessage> PostAsync(
        string path,
        Dictionary<string, string> form,
        params (string Name, string Value)[] headers
    ) => _app.SendAsync(Door.Public, HttpMethod.Post, path, new FormUrlEncodedContent(form), headers);

    public Task<HttpResponseMessage> PostBodyAsync(string path, HttpContent body) =>
        _app.SendAsync(Door.Public, HttpMethod.Post, path, body);

    public Task<HttpResponseMessage> GetAtOperatorsAsync(string path) =>
        _app.GetAsync(Door.Operators, path, ("Accept", Browser));

    /// <summary>
    /// What is asked while services hang. The clock of the pages goes on by half a second whenever nothing has come for
    /// a while, and not beyond the time that the edge gives a request.
    /// </summary>
    public async Task<HttpResponseMessage> WaitForAsync(Task<HttpResponseMessage> asked, TimeSpan most)
    {
        for (var passed = TimeSpan.Zero; !asked.IsCompleted; passed += TimeSpan.FromMilliseconds(500))
        {
            Assert.True(passed <= most, $"no reply after {passed}");
            Clock.Advance(TimeSpan.FromMilliseconds(500));
            await Task.WhenAny(asked, Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken));
        }
        return await asked;
    }

    /// <summary>The page as a browser reads it.</summary>
    public async Task<IDocument> PageAsync(string path, params (string Name, string Value)[] headers)
    {
        using var reply = await GetAsync(path, [("Accept", Browser), .. headers]);
        return await ReadAsync(reply);
    }

    public static async Task<IDocument> ReadAsync(HttpResponseMessage reply)
    {
        Assert.Equal("text/html; charset=utf-8", reply.Content.Headers.ContentType?.ToString());
        var html = await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new HtmlParser().ParseDocument(html);
    }

    public async ValueTask DisposeAsync()
    {
        _meters.Dispose();
        Services.End();
        await _app.DisposeAsync();
        File.Delete(_sites);
    }

    private static async Task<string> WriteSitesAsync()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(
            file,
            """
            {"sites":[{"id":"sonla","name":"Sơn La","origins":["https://portal.example"],"zone":"Asia/Ho_Chi_Minh",
            "publicStatistics":true,"feedbackCategories":[{"id":"hoc-phi","name":"Học phí","nameEn":"Fees"}]},
            {"id":"english","name":"English","origins":["https://english.example"],"language":"en"},
            {"id":"demo","name":"Demo","origins":["*"]}]}
            """
        );
        return file;
    }
}
