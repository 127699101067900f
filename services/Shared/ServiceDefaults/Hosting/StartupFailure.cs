using Microsoft.Extensions.Options;

namespace PortalServices.ServiceDefaults.Hosting;

/// <summary>Whatever stopped the start, as one line.</summary>
internal static class StartupFailure
{
    /// <summary>
    /// Set once the doors are open: until then the host's own error logs would only repeat the one line with a stack
    /// trace.
    /// </summary>
    public static bool Started { get; set; }

    public static string Describe(Exception failure)
    {
        var lines = Flatten(failure).Distinct(StringComparer.Ordinal);
        return string.Concat(
            string.Join("; ", lines)
                .ReplaceLineEndings(" ")
                .Select(letter => char.IsControl(letter) ? '\uFFFD' : letter)
        );
    }

    private static IEnumerable<string> Flatten(Exception failure) =>
        failure switch
        {
            StartupException => [failure.Message],
            OptionsValidationException invalid => invalid.Failures,
            AggregateException several => several.InnerExceptions.SelectMany(Flatten),
            // A wrapper says only that something failed; what is inside says what.
            { InnerException: { } cause } when failure is not IOException => Flatten(cause),
            _ => [$"{failure.GetType().Name}: {failure.Message}"],
        };
}
