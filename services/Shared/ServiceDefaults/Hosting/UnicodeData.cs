namespace PortalServices.ServiceDefaults.Hosting;

/// <summary>
/// The data of ICU, which the runtime needs to compare letters that are composed in different ways, and can be told to
/// do without.
/// </summary>
public static class UnicodeData
{
    /// <summary>Stops the start where they are missing.</summary>
    /// <param name="builder">The process.</param>
    /// <param name="need">Who needs what, such as <c>pages need Unicode normalisation</c>.</param>
    public static WebApplicationBuilder NeedsUnicodeData(this WebApplicationBuilder builder, string need) =>
        "e\u0301".Normalize().Equals("\u00e9", StringComparison.Ordinal)
            ? builder
            : throw new StartupException(
                $"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: {need}; switch it off and install ICU"
            );
}
