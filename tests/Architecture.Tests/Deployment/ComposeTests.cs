using System.Net;
using System.Reflection;
using System.Text.Json;
using PortalServices.Counting.Store;
using PortalServices.Edge;
using PortalServices.Feedback;
using PortalServices.Messaging;
using PortalServices.OperatorAccess.Keys;
using PortalServices.ServiceDefaults.ClientAddress;
using PortalServices.Sites;
using PortalServices.Testing;
using PortalServices.Testing.Processes;

namespace PortalServices.Architecture.Tests.Deployment;

/// <summary>
/// compose.yaml, without containers: what it says agrees with the hosts, and they start with the settings that it gives
/// them.
/// </summary>
public sealed class ComposeTests
{
    // Fits whatever is asked for: 64 hexadecimal digits.
    private static readonly string Secret = new('a', 64);

    private static readonly ComposeFile File = ComposeFile.Read();

    /// <summary>The options of the assemblies that hosts are made of.</summary>
    private static readonly Type[] Options =
    [
        .. new[]
        {
            typeof(CountingOptions),
            typeof(FeedbackOptions),
            typeof(EdgeOptions),
            typeof(GatewayOptions),
            typeof(MessagingOptions),
            typeof(OperatorsOptions),
            typeof(SitesOptions),
        }
            .SelectMany(type => type.Assembly.GetTypes())
            .Where(type => type.GetField("Section", BindingFlags.Public | BindingFlags.Static)?.IsLiteral == true),
    ];

    public static TheoryData<string> Hosts => [.. File.Hosts.Select(host => host.Key)];

    public static TheoryData<string> Programs =>
        [.. File.Hosts.GroupBy(host => host.Value.Project).Select(same => same.First().Key)];

    [Fact]
    public void It_has_every_service_twice_and_what_they_stand_on()
    {
        var projects = File
            .Hosts.Where(host => host.Value.Restart != "no")
            .GroupBy(host => host.Value.Project)
            .ToDictionary(same => same.Key, same => same.Count());
        Assert.Equal(
            new Dictionary<string, int>
            {
                ["gateway/Gateway"] = 1,
                ["services/Counting/Counting.Host"] = 2,
                ["services/Content/Content.Host"] = 2,
                ["services/Feedback/Feedback.Host"] = 2,
            },
            projects
        );
        Assert.Equal(
            ["postgres", "rabbitmq", "redis"],
            File.Services.Where(service => service.Value.Build is null)
                .Select(service => service.Key)
                .Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            ["services/Content/Content.Host", "services/Counting/Counting.Host"],
            File.Services.Values.Where(service => service.Command is ["--seed"] && service.Restart == "no")
                .Select(service => service.Project)
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Every_service_has_bounds_and_a_health_check()
    {
        Assert.All(
            File.Services,
            service =>
            {
                Assert.Matches("^[0-9]+[mg]$", service.Value.MemLimit);
                Assert.Equal(
                    ["max-file", "max-size"],
                    service.Value.Logging!.Options.Keys.Order(StringComparer.Ordinal)
                );
            }
        );
        Assert.All(
            File.Lasting,
            service =>
                Assert.True(
                    service.Value.Healthcheck is { Disable: false, Test: ["CMD", ..] }
                        && service.Value.Restart == "unless-stopped",
                    service.Key
                )
        );
        Assert.All(File.Hosts, host => Assert.True(host.Value.ReadOnly, host.Key));
        Assert.All(
            File.Hosts.Where(host => host.Value.Restart != "no"),
            host => Assert.Equal(["CMD", "/app/host", "--health"], host.Value.Healthcheck!.Test)
        );
    }

    /// <summary>
    /// A tag such as 7.2 moves: what ran yesterday and what is pulled today would differ without a change here.
    /// </summary>
    [Fact]
    public void Every_image_has_an_exact_version()
    {
        Assert.All(
            File.Services,
            service =>
                Assert.Matches(
                    service.Value.Build is null
                        ? @"^[a-z]+:[0-9]+\.[0-9]+(\.[0-9]+)?$"
                        : "^portal-services/[a-z]+:local$",
                    service.Value.Image
                )
        );
        // PostgreSQL alone counts its versions by two numbers.
        Assert.All(
            File.Services.Where(service => service.Value.Build is null && service.Key != "postgres"),
            service => Assert.Equal(3, service.Value.Image.Split('.').Length)
        );
        var bases = System
            .IO.File.ReadAllLines(Path.Combine(Repository.Root, "deploy", "Dockerfile"))
            .Where(line => line.StartsWith("FROM ", StringComparison.Ordinal))
            .ToList();
        Assert.Equal(2, bases.Count);
        Assert.All(
            bases,
            line => Assert.Matches(@"^FROM mcr\.microsoft\.com/dotnet/[a-z]+:10\.0\.[0-9]+-[a-z-]+( AS [a-z]+)?$", line)
        );
    }

    [Fact]
    public void What_it_names_is_there()
    {
        Assert.All(
            File.Services.Values,
            service =>
            {
                Assert.All(
                    service.DependsOn,
                    each =>
                    {
                        Assert.Contains(each.Key, File.Services.Keys);
                        var ends = File.Services[each.Key].Restart == "no";
                        Assert.Contains(
                            each.Value.Condition,
                            (string[])(
                                ends ? ["service_completed_successfully"] : ["service_started", "service_healthy"]
                            )
                        );
                    }
                );
                Assert.All(
                    service.Volumes.Select(volume => volume.Split(':')[0]),
                    source =>
                        Assert.True(
                            source.StartsWith("./", StringComparison.Ordinal)
                                ? Directory.Exists(Path.Combine(Repository.Root, source))
                                : File.Volumes.ContainsKey(source),
                            source
                        )
                );
            }
        );
        Assert.All(
            File.Hosts,
            host =>
            {
                Assert.True(
                    System.IO.File.Exists(
                        Path.Combine(
                            Repository.Root,
                            host.Value.Project,
                            Path.GetFileName(host.Value.Project) + ".csproj"
                        )
                    ),
                    host.Value.Project
                );
                Assert.True(
                    System.IO.File.Exists(
                        Path.Combine(Repository.Root, host.Value.Build!.Context, host.Value.Build.Dockerfile)
                    ),
                    host.Value.Build.Dockerfile
                );
            }
        );
    }

    [Fact]
    public void Redis_keeps_what_it_has_confirmed_and_forgets_nothing() =>
        Assert.All(
            new Dictionary<string, string>
            {
                ["--appendonly"] = "yes",
                ["--appendfsync"] = "always",
                ["--maxmemory-policy"] = "noeviction",
            },
            setting =>
                Assert.Equal(
                    setting.Value,
                    File.Services["redis"].Command.SkipWhile(word => word != setting.Key).ElementAtOrDefault(1)
                )
        );

    [Fact]
    public void Its_secrets_are_those_of_the_example_and_nobody_elses()
    {
        var example = System
            .IO.File.ReadAllLines(Path.Combine(Repository.Root, "deploy", "example.env"))
            .Where(line => line.Length > 0 && line[0] != '#')
            .ToArray();
        Assert.Equal(
            ComposeFile.Variables().Order(StringComparer.Ordinal),
            example.Select(line => line.Split('=')[0]).Order(StringComparer.Ordinal)
        );
        Assert.All(example, line => Assert.EndsWith("=", line, StringComparison.Ordinal));
        // Without one it does not start, rather than with an empty one.
        Assert.Equal(ComposeFile.Text.Split("${").Length, ComposeFile.Text.Split(":?").Length);
    }

    [Theory, MemberData(nameof(Hosts))]
    public void Every_setting_is_one_that_its_host_knows(string name)
    {
        var host = File.Services[name];
        var folder = Path.GetDirectoryName(Repository.Program(host.Project))!;
        using var settings = JsonDocument.Parse(
            System.IO.File.ReadAllText(Path.Combine(Repository.Root, host.Project, "appsettings.json"))
        );
        var sections = Options
            .Where(type => System.IO.File.Exists(Path.Combine(folder, type.Assembly.GetName().Name + ".dll")))
            .ToDictionary(
                type => (string)type.GetField("Section")!.GetValue(null)!,
                type => type.GetProperties().Select(property => property.Name)
            );
        Assert.All(
            host.Settings.Keys,
            key =>
                Assert.True(
                    key.Split(':') switch
                    {
                        ["Kestrel", "Endpoints", var door, "Url"] => Has(settings, "Kestrel", "Endpoints", door),
                        ["ConnectionStrings", var connection] => Has(settings, "ConnectionStrings", connection),
                        ["ReverseProxy", "Clusters", var cluster, "Destinations", _, "Address" or "Health"] => Has(
                            settings,
                            "ReverseProxy",
                            "Clusters",
                            cluster
                        ),
                        [var section, var property, ..] => sections.TryGetValue(section, out var known)
                            && known.Contains(property),
                        _ => false,
                    },
                    key
                )
        );
        // None of the doors and stores of appsettings.json is left at this machine.
        Assert.All(
            NamesIn(settings, "Kestrel", "Endpoints")
                .Select(door => $"Kestrel:Endpoints:{door}:Url")
                .Concat(NamesIn(settings, "ConnectionStrings").Select(each => $"ConnectionStrings:{each}")),
            key => Assert.Contains(key, host.Settings.Keys)
        );
    }

    [Fact]
    public void The_gateway_knows_every_replica_by_its_doors()
    {
        var gateway = File.Services["gateway"];
        var told = gateway
            .Settings.Where(setting => setting.Key.StartsWith("ReverseProxy:", StringComparison.Ordinal))
            .ToDictionary(
                setting =>
                    setting.Key.Split(':') is [_, _, var cluster, _, var replica, var part]
                        ? (cluster, replica, part)
                        : default,
                setting => setting.Value
            );
        var replicas = File.Hosts.Where(host => host.Key != "gateway" && host.Value.Restart != "no").ToList();
        Assert.Equal(2 * replicas.Count, told.Count);
        Assert.All(
            replicas,
            replica =>
            {
                var cluster = replica.Key.Split('-')[0];
                var key = told.Single(each =>
                    each.Value.StartsWith($"http://{replica.Key}:", StringComparison.Ordinal)
                    && each.Key.part == "Address"
                ).Key;
                Assert.Equal(cluster, key.cluster);
                Assert.Equal(Door(replica.Value, "Internal"), new Uri(told[key]).Port);
                Assert.Equal(
                    $"http://{replica.Key}:{Door(replica.Value, "Probe")}",
                    told[(cluster, key.replica, "Health")]
                );
                Assert.Contains(replica.Key, gateway.DependsOn.Keys);
            }
        );
        Assert.Equal(
            [$"{Door(gateway, "Public")}:8080", $"127.0.0.1:8081:{Door(gateway, "Operators")}"],
            gateway.Ports
        );
        Assert.All(
            File.Services.Where(service => service.Key != "gateway"),
            service => Assert.Empty(service.Value.Ports)
        );
    }

    [Fact]
    public void The_services_believe_the_gateway_at_its_address_and_nobody_else()
    {
        var address = (string)
            ((Dictionary<object, object>)((Dictionary<object, object>)File.Services["gateway"].Networks!)["inside"])[
                "ipv4_address"
            ];
        Assert.All(
            File.Hosts.Where(host => host.Key != "gateway"),
            host =>
                Assert.Equal(
                    [$"{address}/32"],
                    host.Value.Settings.Where(setting =>
                            setting.Key.StartsWith("Gateway:Addresses:", StringComparison.Ordinal)
                        )
                        .Select(setting => setting.Value)
                )
        );
        var addresses = File.Networks["inside"].Ipam!.Config.Single();
        Assert.True(IPNetwork.Parse(addresses["subnet"]).Contains(IPAddress.Parse(address)));
        Assert.False(IPNetwork.Parse(addresses["ip_range"]).Contains(IPAddress.Parse(address)));
    }

    [Fact]
    public void Its_databases_and_brokers_are_services_with_the_same_users()
    {
        Assert.All(
            File.Hosts.SelectMany(host => host.Value.Settings)
                .Where(setting => setting.Key.StartsWith("ConnectionStrings:", StringComparison.Ordinal)),
            connection =>
            {
                var (service, user) = connection.Key switch
                {
                    "ConnectionStrings:redis" => (connection.Value.Split(':')[0], ""),
                    "ConnectionStrings:rabbitmq" => (
                        new Uri(ComposeFile.Filled(connection.Value, "x")).Host,
                        File.Services["rabbitmq"].Environment["RABBITMQ_DEFAULT_USER"]
                    ),
                    _ => (
                        connection.Value.Split(';')[0].Replace("Host=", "", StringComparison.Ordinal),
                        "Username=" + File.Services["postgres"].Environment["POSTGRES_USER"]
                    ),
                };
                Assert.Contains(service, File.Services.Keys);
                Assert.Contains(user, connection.Value, StringComparison.Ordinal);
            }
        );
        var made = System.IO.File.ReadAllText(Path.Combine(Repository.Root, "deploy", "postgres", "feedback.sql"));
        Assert.Contains("CREATE DATABASE feedback;", made, StringComparison.Ordinal);
        Assert.Contains(
            "Database=feedback;",
            File.Services["feedback-1"].Settings["ConnectionStrings:feedback"],
            StringComparison.Ordinal
        );
        Assert.Contains(
            $"Database={File.Services["postgres"].Environment["POSTGRES_DB"]};",
            File.Services["content-1"].Settings["ConnectionStrings:content"],
            StringComparison.Ordinal
        );
    }

    [Theory, MemberData(nameof(Programs))]
    public async Task A_host_starts_with_its_settings_while_all_others_are_away(string name)
    {
        var host = File.Services[name];
        var environment = host.Environment.ToDictionary(
            each => each.Key,
            each => ComposeFile.Filled(each.Value, Secret)
        );
        var doors = host
            .Settings.Keys.Where(key => key.StartsWith("Kestrel:", StringComparison.Ordinal))
            .Select(key => $"--{key}=http://127.0.0.1:0");
        await using var process = await HostProcess.StartAsync(host.Project, doors, environment);
        Assert.Equal(0, await process.TerminateAsync());
    }

    [Fact]
    public void The_image_has_one_program_and_a_user_without_rights()
    {
        var lines = System.IO.File.ReadAllLines(Path.Combine(Repository.Root, "deploy", "Dockerfile"));
        Assert.Equal(["USER $APP_UID", "ENTRYPOINT [\"/app/host\"]"], lines[^2..]);
        Assert.Contains(lines, line => line.EndsWith("-chiseled-extra", StringComparison.Ordinal));
    }

    private static int Door(ComposeService host, string door) =>
        new Uri(host.Settings[$"Kestrel:Endpoints:{door}:Url"].Replace('*', 'x')).Port;

    private static bool Has(JsonDocument settings, params string[] path) =>
        NamesIn(settings, path[..^1]).Contains(path[^1]);

    private static IEnumerable<string> NamesIn(JsonDocument settings, params string[] path)
    {
        var at = settings.RootElement;
        foreach (var name in path)
        {
            if (!at.TryGetProperty(name, out at))
            {
                return [];
            }
        }

        return [.. at.EnumerateObject().Select(each => each.Name)];
    }
}
