using System.Collections.Frozen;
using System.Net;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;
using PortalServices.Edge;
using PortalServices.Portal.Api;
using PortalServices.Portal.Pages;
using PortalServices.Sites;

namespace PortalServices.Portal.Rendering;

/// <summary>The request for a page: whose, in which language, and what it reads.</summary>
internal sealed class PageRequest
{
    // Of a page, all together: what it cannot be shown without, and what it can. A form waits longer, since it may
    // have been taken when its reply is late.
    private static readonly TimeSpan MainWait = TimeSpan.FromSeconds(5),
        PartWait = TimeSpan.FromSeconds(2),
        FormWait = TimeSpan.FromSeconds(8);

    private readonly PortalPages _pages;
    private readonly List<string?> _tags = [];
    private readonly long _start;

    public PageRequest(HttpContext context, PortalPages pages)
    {
        (Context, _pages, Site) = (context, pages, pages.SiteOf(context.Request.Host));
        _start = pages.Time.GetTimestamp();
        Language = RequestLanguage.Asked(context.Request) ?? Site.Language;
        Text = new Texts(Language == RequestLanguage.English);
    }

    public HttpContext Context { get; }

    public Site Site { get; }

    public string Language { get; }

    public Texts Text { get; }

    public Visitor Visitor => Visitor.Of(Context, Language);

    /// <summary>A parameter of the address; empty where it is not there.</summary>
    public string Query(string name) => Context.Request.Query[name].ToString().Trim();

    /// <summary>The number of the part of a list; 1 unless it is said.</summary>
    public int Page => int.TryParse(Query("page"), out var page) && page is > 0 and <= 100_000 ? page : 1;

    /// <summary>An address within the portal, in the language of the page.</summary>
    public string To(string address) => PageFrame.InLanguage(Site, address, Language);

    /// <summary>An address of the API of this site.</summary>
    public string Api(string rest) => $"/api/sites/{Site.Id}/{rest}";

    /// <summary>Reads a public reply, which the page cannot be shown without.</summary>
    public Task<ApiRead<T>> ReadAsync<T>(string rest)
        where T : class => ReadAsync<T>(rest, MainWait);

    /// <summary>Reads a public reply, which becomes a part of the page.</summary>
    public Task<ApiRead<T>> ReadPartAsync<T>(string rest)
        where T : class => ReadAsync<T>(rest, PartWait);

    private async Task<ApiRead<T>> ReadAsync<T>(string rest, TimeSpan wait)
        where T : class
    {
        var read = await _pages.Reads.ReadAsync<T>(Api(rest), Left(wait), Context.RequestAborted);
        lock (_tags)
        {
            // What is not there has no tag, and is the same as long as it is not.
            _tags.Add(
                read.Tag is { } tag ? $"{rest} {tag}"
                : read.Status == HttpStatusCode.NotFound ? $"{rest} not found"
                : null
            );
        }
        return read;
    }

    /// <summary>Something besides what was read that the page is made of.</summary>
    public void DependOn(string content)
    {
        lock (_tags)
        {
            _tags.Add(content);
        }
    }

    /// <summary>Sends a request for this visitor.</summary>
    public Task<HttpResponseMessage?> SendAsync(HttpRequestMessage request) =>
        _pages.Client.SendAsync(request, Visitor, Left(FormWait), Context.RequestAborted);

    /// <summary>The same for a part that the page can do without.</summary>
    public Task<HttpResponseMessage?> SendForPartAsync(HttpRequestMessage request) =>
        _pages.Client.SendAsync(request, Visitor, Left(PartWait), Context.RequestAborted);

    // The edge gives a request up, and with it what was typed: the page ends before, whatever its services do.
    private TimeSpan Left(TimeSpan wait)
    {
        var left = (wait < _pages.MaxWait ? wait : _pages.MaxWait) - _pages.Time.GetElapsedTime(_start);
        return left > ApiReads.RefreshTimeout ? left : ApiReads.RefreshTimeout;
    }

    /// <summary>The page, kept in memory as long as what was read for it stays the same.</summary>
    /// <param name="path">Its path, which counts its views.</param>
    /// <param name="query">What of the query it depends on, with the question mark; not the language.</param>
    /// <param name="parameters">Of the component.</param>
    public Task<IResult> ShowAsync<TPage>(
        string path,
        string query,
        params ReadOnlySpan<(string Name, object? Value)> parameters
    )
        where TPage : IComponent => ShowAsync<TPage>(StatusCodes.Status200OK, path, query, parameters);

    /// <summary>The same, 503 where what it is for is away: no search engine keeps that.</summary>
    public Task<IResult> ShowAsync<TPage>(
        object? main,
        string path,
        string query,
        params ReadOnlySpan<(string Name, object? Value)> parameters
    )
        where TPage : IComponent =>
        ShowAsync<TPage>(
            main is null ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK,
            path,
            query,
            parameters
        );

    private Task<IResult> ShowAsync<TPage>(
        int status,
        string path,
        string query,
        params ReadOnlySpan<(string Name, object? Value)> parameters
    )
        where TPage : IComponent
    {
        lock (_tags)
        {
            // In any order: reads end as they like.
            _tags.Sort(StringComparer.Ordinal);
            var content = _tags.Contains(null) ? null : $"{path}{query}\n{string.Join('\n', _tags)}";
            return ReplyAsync<TPage>(
                path,
                query,
                content,
                status,
                Named(parameters),
                isCounted: status == StatusCodes.Status200OK
            );
        }
    }

    /// <summary>A page for this visitor alone; it is kept nowhere.</summary>
    public Task<IResult> ShowOnceAsync<TPage>(
        int status,
        string path,
        string query,
        params ReadOnlySpan<(string Name, object? Value)> parameters
    )
        where TPage : IComponent =>
        ReplyAsync<TPage>(
            path,
            query,
            content: null,
            status,
            Named(parameters),
            isOnce: true,
            isCounted: status == StatusCodes.Status200OK && HttpMethods.IsGet(Context.Request.Method)
        );

    /// <summary>A message in place of a page; it is no view.</summary>
    public Task<IResult> ShowMessageAsync(int status, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        ReplyAsync<MessagePage>("", "", content: null, status, Named(parameters), isOnce: true, isCounted: false);

    private static Dictionary<string, object?> Named(ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var named = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in parameters)
        {
            named[name] = value;
        }
        return named;
    }

    private async Task<IResult> ReplyAsync<TPage>(
        string path,
        string query,
        string? content,
        int status,
        Dictionary<string, object?> parameters,
        bool isOnce = false,
        bool isCounted = true
    )
        where TPage : IComponent
    {
        var frame = new PageFrame
        {
            Site = Site,
            Text = Text,
            Path = path,
            Address = AddressOf(path, query),
            ImageOrigins = _pages.ImageOrigins,
            IsCounted = isCounted,
        };
        var page = await _pages.Renderer.RenderAsync<TPage>(frame, content, parameters);
        // What failed waits for nothing more.
        var numbers = isCounted
            ? await _pages.Numbers.ReadAsync(this, path.Length > 0 ? path : "/")
            : _pages.Numbers.Last(this);
        return new PageResult(page.Fill(numbers), status, Language, _pages.ImageSources, isOnce);
    }

    // A message stands at the address that was asked for. Two slashes would lead to another host.
    private string AddressOf(string path, string query)
    {
        var request = Context.Request;
        return !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) ? ""
            : path.Length > 0 ? path + query
            : request.Path.ToUriComponent() is var asked && asked.StartsWith("//", StringComparison.Ordinal) ? "/"
            : asked;
    }
}

/// <summary>What all pages are made with.</summary>
internal sealed class PortalPages
{
    private readonly FrozenDictionary<string, Site> _byHost;
    private readonly Site _default;

    public PortalPages(
        SiteList sites,
        ApiReads reads,
        PagesClient client,
        PageRenderer renderer,
        PageNumbers numbers,
        TimeProvider time,
        IOptions<PortalOptions> options,
        IOptions<EdgeOptions> edge
    )
    {
        (Reads, Client, Renderer, Numbers, Time) = (reads, client, renderer, numbers, time);
        MaxWait = edge.Value.RequestTimeout / 2;
        var origins = options.Value.ImageOrigins;
        ImageOrigins = origins.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        ImageSources = string.Concat(origins.Select(origin => $" {origin}"));
        _default = sites.TryGet(options.Value.Site, out var named) ? named : sites.All[0];
        _byHost = sites
            .All.SelectMany(site => site.Origins.Select(origin => (Host: HostOf(origin), Site: site)))
            .GroupBy(each => each.Host, StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(group => group.Key, group => group.First().Site, StringComparer.OrdinalIgnoreCase);
    }

    public ApiReads Reads { get; }

    public PagesClient Client { get; }

    public PageRenderer Renderer { get; }

    public PageNumbers Numbers { get; }

    public TimeProvider Time { get; }

    /// <summary>How long the services may take for a page; the other half is for its rendering.</summary>
    public TimeSpan MaxWait { get; }

    public IReadOnlySet<string> ImageOrigins { get; }

    /// <summary>As a content security policy lists them, each with a space before it.</summary>
    public string ImageSources { get; }

    /// <summary>The site one of whose origins has this host; the one of the settings for any other.</summary>
    public Site SiteOf(HostString host) =>
        _byHost.GetValueOrDefault(host.Value ?? "") ?? _byHost.GetValueOrDefault(host.Host) ?? _default;

    private static string HostOf(string origin) => origin[(origin.IndexOf("://", StringComparison.Ordinal) + 3)..];
}
