using System.Globalization;
using System.Reflection;
using System.Security.Authentication;
using System.Text.RegularExpressions;
using PortalServices.Gateway.Framed;
using PortalServices.Gateway.Replicas;
using PortalServices.OperatorAccess.Gate;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;

namespace PortalServices.Gateway.Settings;

/// <summary>
/// What the section <c>ReverseProxy</c> may hold. The proxy's own reader passes over names that it does not know; they
/// are held to the types that it makes of them.
/// </summary>
internal static partial class ProxyShape
{
    public const string Section = "ReverseProxy";

    // A service takes no more of a body, whatever a route says.
    private const long MaxBodyBytes = 4 * 1024 * 1024;

    private static readonly TimeSpan MaxTimeout = TimeSpan.FromDays(1);

    private static readonly SettingShape RouteMetadata = SettingShape.Section(
        (
            FramedForwarding.Metadata,
            SettingShape.Value(text =>
                text.Length == 0 || text.Split(',').All(name => HeaderName().IsMatch(name))
                    ? null
                    : $"'{text}' is not a list of header names, as in 'Content-Type, User-Agent'"
            )
        ),
        (
            CachedRoutes.Metadata,
            SettingShape.Value(text =>
                text.Length == 0 || text.Split(',').All(name => ParameterName().IsMatch(name))
                    ? null
                    : $"'{text}' is not a list of parameters of the query, as in 'page'"
            )
        ),
        (
            MayRepeat.Metadata,
            SettingShape.Value(text =>
                text is MayRepeat.Always or MayRepeat.WithViewId
                    ? null
                    : $"'{text}' is not one of {MayRepeat.Always}, {MayRepeat.WithViewId}"
            )
        ),
        // The gateway does not see into a body: of the ways to limit a route that names no site it can leave it to the
        // service, and nothing else.
        (
            nameof(SiteLimit),
            SettingShape.Value(text =>
                text == nameof(SiteLimit.Service) ? null : $"'{text}' is not {nameof(SiteLimit.Service)}"
            )
        )
    );

    private static readonly SettingShape ClusterMetadata = SettingShape.Section(
        (
            ConsecutiveFailuresHealthPolicyOptions.ThresholdMetadataName,
            Number(value => value is >= 1 and <= 1_000_000 && value % 1 == 0, "a whole number from 1 on")
        ),
        (
            TransportFailureRateHealthPolicyOptions.FailureRateLimitMetadataName,
            Number(value => value is > 0 and <= 1, "a share above 0, up to 1")
        )
    );

    private static readonly SettingShape NoMetadata = SettingShape.Section([]);

    public static SettingShape Shape { get; } =
        SettingShape.Section(
            ("Routes", SettingShape.Map(SettingShape.Of(typeof(RouteConfig), Replace))),
            ("Clusters", SettingShape.Map(SettingShape.Of(typeof(ClusterConfig), Replace)))
        );

    private static SettingShape? Replace(PropertyInfo property) =>
        (property.DeclaringType?.Name, property.Name) switch
        {
            // Both are the names of their sections.
            (nameof(RouteConfig), nameof(RouteConfig.RouteId))
            or (nameof(ClusterConfig), nameof(ClusterConfig.ClusterId)) => SettingShape.None,
            (nameof(RouteConfig), nameof(RouteConfig.Metadata)) => RouteMetadata,
            (nameof(ClusterConfig), nameof(ClusterConfig.Metadata)) => ClusterMetadata,
            (nameof(DestinationConfig), nameof(DestinationConfig.Metadata)) => NoMetadata,
            (nameof(RouteConfig), nameof(RouteConfig.MaxRequestBodySize)) => SettingShape.Value(
                typeof(long),
                bytes =>
                    (long)bytes is >= 1 and <= MaxBodyBytes
                        ? null
                        : string.Create(CultureInfo.InvariantCulture, $"'{bytes}' is not 1 to {MaxBodyBytes} bytes")
            ),
            (nameof(HttpClientConfig), nameof(HttpClientConfig.SslProtocols)) => SettingShape.List(
                SettingShape.Of(typeof(SslProtocols))
            ),
            (nameof(HttpClientConfig), nameof(HttpClientConfig.MaxConnectionsPerServer)) => SettingShape.Value(
                typeof(int),
                count => (int)count >= 1 ? null : $"'{count}' is not a whole number from 1 on"
            ),
            _ when property.PropertyType == typeof(TimeSpan?) => SettingShape.Value(DurationFault),
            _ when property.PropertyType == typeof(Version) => SettingShape.Value(VersionFault),
            // The proxy's reader does not take an empty text for one that is left out.
            _ => Nullable.GetUnderlyingType(property.PropertyType) is { } type ? SettingShape.Value(type) : null,
        };

    // As the proxy reads it.
    private static string? DurationFault(string text) =>
        TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var duration)
        && text.Contains(':', StringComparison.Ordinal)
            ? duration > TimeSpan.Zero && duration <= MaxTimeout
                ? null
                : $"'{text}' is not above 00:00:00 and up to {MaxTimeout}"
            : $"'{text}' is not a duration like 00:00:10";

    private static string? VersionFault(string text) =>
        text is "1.0" or "1.1" or "1" or "2" or "2.0" ? null : $"'{text}' is not one of 1.0, 1.1, 2";

    private static SettingShape Number(Func<double, bool> holds, string rule) =>
        SettingShape.Value(text =>
            double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && holds(value)
                ? null
                : $"'{text}' is not {rule}"
        );

    [GeneratedRegex("^ *[A-Za-z0-9-]{1,64} *$")]
    private static partial Regex HeaderName();

    [GeneratedRegex("^ *[A-Za-z0-9_-]{1,64} *$")]
    private static partial Regex ParameterName();
}
