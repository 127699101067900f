using PortalServices.Counting.Housekeeping;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;
using PortalServices.ServiceDefaults.Hosting;

namespace PortalServices.ClockedHost;

/// <summary>
/// <c>POST /housekeeping/{site}</c>: one turn of a site's housekeeping, which happens at no other time; <c>true</c>
/// when it was done.
/// </summary>
internal static class HousekeepingEndpoint
{
    /// <summary>Housekeeping by the clock would fold pages at instants that no test knows.</summary>
    public static void KeepHouseWhenAsked(this IServiceCollection services) =>
        services.Remove(
            services.Single(service => service.ImplementationType == typeof(PeriodicRunner<HousekeepingService>))
        );

    public static WebApplication MapHousekeeping(this WebApplication app)
    {
        app.MapPost("/housekeeping/{site}", RunAsync);
        return app;
    }

    private static async Task<IResult> RunAsync(
        string site,
        PerSite<SiteHousekeeping> housekeeping,
        CancellationToken stopping
    )
    {
        try
        {
            return housekeeping.TryGet(site, out var its)
                ? TypedResults.Ok(await its.RunAsync(stopping))
                : TypedResults.NotFound();
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            return TypedResults.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }
    }
}
