namespace PortalServices.DeadLetters;

/// <summary>The operators' routes of the dead letters.</summary>
public static class DeadLetterSetup
{
    /// <summary>
    /// Maps the dead letters of every service of the process. Needs <c>AddMessaging</c>, and <c>UseOperatorAccess</c>
    /// before it.
    /// </summary>
    public static IEndpointRouteBuilder MapMessaging(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        ActivatorUtilities.CreateInstance<DeadLetterEndpoints>(routes.ServiceProvider).Map(routes);
        return routes;
    }
}
