using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using PortalServices.Portal.Api;
using PortalServices.Portal.InProcess;
using PortalServices.Portal.Layout;
using PortalServices.Portal.Pages;
using PortalServices.Portal.Rendering;
using PortalServices.Portal.Scripts;
using PortalServices.ServiceDefaults;
using PortalServices.ServiceDefaults.Settings;

namespace PortalServices.Portal;

/// <summary>
/// What people see: the script that any website includes, and the reference portal at <c>/</c> where
/// <see cref="PortalOptions.Enabled"/> says so.
/// </summary>
public static class PortalSetup
{
    /// <summary>Adds the portal.</summary>
    public static WebApplicationBuilder AddPortal(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddValidatedOptions<PortalOptions>(PortalOptions.Section);
        services.AddSingleton<IStartupCheck, PortalSiteCheck>();
        services.AddSingleton<InProcessListener>();
        services
            .AddSingleton<PagesClient>()
            .AddSingleton<ApiReads>()
            .AddSingleton<PageRenderer>()
            .AddSingleton<PageNumbers>();
        // Vietnamese stays readable, and half as long.
        services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));
        services.AddSingleton<PortalPages>().AddSingleton<ProblemPages>();
        // Settings are validated later, all at once: what is no boolean is no reason to listen.
        if (
            bool.TryParse(
                builder.Configuration[$"{PortalOptions.Section}:{nameof(PortalOptions.Enabled)}"],
                out var isEnabled
            ) && isEnabled
        )
        {
            services.AddSingleton<IConnectionListenerFactory>(provider =>
                provider.GetRequiredService<InProcessListener>()
            );
            services
                .AddOptions<KestrelServerOptions>()
                .Configure<InProcessListener>((kestrel, listener) => kestrel.Listen(listener.EndPoint));
        }
        return builder;
    }

    /// <summary>Comes before the edge, whose refusals become pages where a browser asks for one.</summary>
    public static WebApplication UsePortal(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (IsEnabled(app))
        {
            app.UseVisitorAddress();
            ProblemPages.Use(app);
        }
        return app;
    }

    /// <summary>
    /// Maps <c>/portal.js</c>, which pages of any origin include, <c>/portal-form.js</c>, which it loads for a page
    /// with a feedback form, and the pages.
    /// </summary>
    public static WebApplication MapPortal(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        foreach (var name in new[] { "portal.js", "portal-form.js" })
        {
            app.MapAsset(name, new EmbeddedAsset("text/javascript; charset=utf-8", name));
        }
        if (!IsEnabled(app))
        {
            return app;
        }
        app.MapAsset("portal.css", PortalAssets.Styles);
        app.MapAsset("portal-pages.js", PortalAssets.Pages);
        app.MapAsset("favicon.svg", PortalAssets.Favicon);
        var pages = new PageRoutes(app, app.Services.GetRequiredService<PortalPages>());
        pages.MapReadingPages();
        pages.MapFormPages();
        return app;
    }

    private static void MapAsset(this WebApplication app, string name, EmbeddedAsset asset) =>
        app.MapMethods($"/{name}", [HttpMethods.Get, HttpMethods.Head], asset.Reply).ExcludeFromDescription();

    private static bool IsEnabled(WebApplication app) =>
        app.Services.GetRequiredService<IOptions<PortalOptions>>().Value.Enabled;
}
