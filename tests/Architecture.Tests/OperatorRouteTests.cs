using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using PortalServices.Content;
using PortalServices.Counting;
using PortalServices.DeadLetters;
using PortalServices.Feedback;
using PortalServices.OperatorAccess.Gate;
using PortalServices.Testing;

namespace PortalServices.Architecture.Tests;

/// <summary>
/// Every operators' route of every service, and of the gateway: a key that is good for some sites only is held to them
/// by the site in the address, or by a limit that the route states.
/// </summary>
public sealed class OperatorRouteTests
{
    private const string Operators = "/api/operator",
        OfASite = "/api/operator/sites/{site}";

    [Fact]
    public void A_route_of_a_service_has_the_site_in_its_address_or_states_its_limit()
    {
        var routes = RoutesOfServices();
        var ofASite = routes
            .Where(route => route.Path == OfASite || route.Path.StartsWith(OfASite + "/", StringComparison.Ordinal))
            .ToList();
        // The lists are long enough to be those of the product.
        Assert.All(
            (string[])["corrections", "articles", "feedback"],
            part =>
                Assert.Contains(ofASite, route => route.Path.StartsWith($"{OfASite}/{part}", StringComparison.Ordinal))
        );
        Assert.Equal(
            new[] { "content", "counting", "feedback" }
                .SelectMany(service =>
                    (string[])
                        [
                            $"DELETE {Operators}/dead-letters/{service}/{{id}} Handler",
                            $"GET {Operators}/dead-letters/{service} Handler",
                            $"HEAD {Operators}/dead-letters/{service} Handler",
                            $"POST {Operators}/dead-letters/{service}/{{id}}/replay Handler",
                        ]
                )
                .Order(StringComparer.Ordinal),
            routes
                .Except(ofASite)
                .Select(route => $"{route.Method} {route.Path} {route.Limit?.ToString() ?? "states nothing"}")
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void A_route_of_the_gateway_has_the_site_in_its_address_or_says_that_the_service_limits_it()
    {
        using var settings = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(Repository.Root, "gateway", "Gateway", "appsettings.json"))
        );
        var routes = settings
            .RootElement.GetProperty("ReverseProxy")
            .GetProperty("Routes")
            .EnumerateObject()
            .Select(route =>
                (Path: route.Value.GetProperty("Match").GetProperty("Path").GetString()!, Route: route.Value)
            )
            .Where(route => route.Path.StartsWith(Operators, StringComparison.OrdinalIgnoreCase))
            .ToList();
        Assert.NotEmpty(routes);
        Assert.All(
            routes.Where(route => !route.Path.StartsWith(OfASite + "/", StringComparison.Ordinal)),
            route =>
                Assert.Equal(
                    (route.Path, nameof(SiteLimit.Service)),
                    (
                        route.Path,
                        route.Route.TryGetProperty("Metadata", out var metadata)
                            ? metadata.GetProperty(nameof(SiteLimit)).GetString()
                            : "states nothing"
                    )
                )
        );
    }

    [Fact]
    public void Every_service_is_among_them() =>
        Assert.Equal(
            ["Content", "Counting", "Feedback"],
            Directory
                .GetDirectories(Path.Combine(Repository.Root, "services"))
                .Select(folder => Path.GetFileName(folder)!)
                .Where(name => Directory.Exists(Path.Combine(Repository.Root, "services", name, name + ".Host")))
                .Order(StringComparer.Ordinal)
        );

    private static List<(string Method, string Path, SiteLimit? Limit)> RoutesOfServices()
    {
        var app = WholeProduct.Build();
        // Mapped as Standalone maps them, and never started.
        app.MapCounting().MapContent().MapFeedback().MapMessaging();
        return
        [
            .. from endpoint in ((IEndpointRouteBuilder)app)
                .DataSources.SelectMany(source => source.Endpoints)
                .OfType<RouteEndpoint>()
            let path = "/" + endpoint.RoutePattern.RawText!.Trim('/')
            where path.StartsWith(Operators, StringComparison.OrdinalIgnoreCase)
            from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["any"]
            select (method, path, endpoint.Metadata.GetMetadata<SiteLimitMetadata>()?.Limit),
        ];
    }
}
