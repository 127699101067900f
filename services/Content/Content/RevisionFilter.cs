using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using PortalServices.Content.Storage;

namespace PortalServices.Content;

/// <summary>
/// Answers 304 before the work to a client that has what a site's content of this revision makes. Not for searches,
/// whose index is rebuilt beside it, nor for what changes by the clock.
/// </summary>
internal sealed class RevisionFilter(TimeProvider time) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var site = http.Site();
        if (
            !string.IsNullOrEmpty(http.Request.Query["q"])
            || await http
                .RequestServices.GetRequiredService<ContentContext>()
                .SiteRevisions.AsNoTracking()
                .FirstOrDefaultAsync(each => each.Site == site.Id, http.RequestAborted)
                is not { } stored
        )
        {
            return await next(context);
        }
        var revision = new ResourceRevision(
            TagOf(http.Request, site, stored),
            DateTimeOffset.FromUnixTimeMilliseconds(stored.ChangedAt),
            time.GetUtcNow()
        );
        if (http.Request.GetTypedHeaders().IfNoneMatch.FirstOrDefault(revision.IsIn) is { } held)
        {
            return ETagResult.NotModified(held, revision);
        }
        http.Features.Set(revision);
        return await next(context);
    }

    // What a reply is made of besides the database: the address that was asked, the site's settings, and this version
    // of the code.
    private static string TagOf(HttpRequest request, Site site, SiteRevision stored)
    {
        var parts = string.Join(
            '\n',
            [
                stored.Tag,
                request.Scheme,
                request.Host.Value,
                request.Path.Value,
                request.QueryString.Value,
                site.Name,
                site.Language,
                site.Zone.Id,
                .. site.Origins,
                typeof(RevisionFilter).Module.ModuleVersionId.ToString("N", CultureInfo.InvariantCulture),
            ]
        );
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(parts)).AsSpan(0, 8));
    }
}
