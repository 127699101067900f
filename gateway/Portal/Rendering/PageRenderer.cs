using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace PortalServices.Portal.Rendering;

/// <summary>
/// Renders pages on the server, each once for a content: what it was made of is part of the name it is kept under, so a
/// page falls with any of its replies.
/// </summary>
internal sealed class PageRenderer(
    IServiceProvider services,
    ILoggerFactory loggers,
    IMeterFactory meters,
    IOptions<PortalOptions> options
) : IDisposable
{
    private static readonly TimeSpan Unused = TimeSpan.FromMinutes(10);

    private readonly MemoryCache _pages = new(
        new MemoryCacheOptions { SizeLimit = options.Value.CacheMegabytes * 1024L * 1024 / 2, TrackStatistics = true }
    );

    private readonly ConcurrentDictionary<string, Lazy<Task<PageTemplate>>> _rendering = new(StringComparer.Ordinal);

    private readonly Counter<long> _rendered = meters
        .Create(PortalOptions.Meter)
        .CreateCounter<long>("portal.pages.rendered", "{page}", "Pages that were rendered, not taken from memory");

    /// <summary>About what is kept.</summary>
    internal long KeptBytes => _pages.GetCurrentStatistics()!.CurrentEstimatedSize ?? 0;

    /// <summary>The page from memory, or rendered now.</summary>
    /// <param name="frame">What all its parts know.</param>
    /// <param name="content">Names its content; null for a page that is for one visitor alone, which is not kept.</param>
    /// <param name="parameters">Of the component.</param>
    public async Task<PageTemplate> RenderAsync<TPage>(
        PageFrame frame,
        string? content,
        IReadOnlyDictionary<string, object?> parameters
    )
        where TPage : IComponent
    {
        var name = content is null ? null : $"{typeof(TPage).Name}\n{frame.Site.Id}\n{frame.Language}\n{content}";
        if (name is not null && _pages.Get<PageTemplate>(name) is { } kept)
        {
            return kept;
        }
        if (name is null)
        {
            _rendered.Add(1);
            return new PageTemplate(await HtmlOfAsync<TPage>(frame, parameters));
        }
        // Who asks for it at the same time waits for the same.
        var rendering = _rendering.GetOrAdd(
            name,
            _ => new Lazy<Task<PageTemplate>>(() => KeepAsync<TPage>(frame, name, parameters))
        );
        try
        {
            return await rendering.Value;
        }
        finally
        {
            _rendering.TryRemove(KeyValuePair.Create(name, rendering));
        }
    }

    public void Dispose() => _pages.Dispose();

    private async Task<PageTemplate> KeepAsync<TPage>(
        PageFrame frame,
        string name,
        IReadOnlyDictionary<string, object?> parameters
    )
        where TPage : IComponent
    {
        _rendered.Add(1);
        var page = new PageTemplate(await HtmlOfAsync<TPage>(frame, parameters));
        _pages.Set(
            name,
            page,
            new MemoryCacheEntryOptions { Size = page.Bytes + (2 * name.Length), SlidingExpiration = Unused }
        );
        return page;
    }

    private async Task<string> HtmlOfAsync<TPage>(PageFrame frame, IReadOnlyDictionary<string, object?> parameters)
        where TPage : IComponent
    {
        RenderFragment page = builder =>
        {
            builder.OpenComponent<TPage>(0);
            builder.AddMultipleAttributes(1, parameters.Select(each => KeyValuePair.Create(each.Key, each.Value!)));
            builder.CloseComponent();
        };
        await using var renderer = new HtmlRenderer(services, loggers);
        return await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var root = await renderer.RenderComponentAsync<CascadingValue<PageFrame>>(
                ParameterView.FromDictionary(
                    new Dictionary<string, object?>
                    {
                        [nameof(CascadingValue<PageFrame>.Value)] = frame,
                        [nameof(CascadingValue<PageFrame>.IsFixed)] = true,
                        [nameof(CascadingValue<PageFrame>.ChildContent)] = page,
                    }
                )
            );
            return root.ToHtmlString();
        });
    }
}
