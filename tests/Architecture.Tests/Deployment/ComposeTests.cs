using System.Net;
using System.Reflection;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using PortalServices.Counting.Store;
using PortalServices.Edge;
using PortalServices.Feedback;
using PortalServices.Messaging;
using PortalServices.OperatorAccess.Keys;
using PortalServices.ServiceDefaults.ClientAddress;
using PortalServices.Sites;
using PortalServices.Testing;
using PortalServices.Testing.Compose;
using PortalServices.Testing.Processes;
using YamlDotNet.Serialization;

namespace PortalServices.Architecture.Tests.Deployment;

/// <summary>
/// compose.yaml, without containers: what it says agrees with the hosts, and they start with the settings that it gives
/// them. The acceptance tests start all of it and ask it.
/// </summary>
public sealed partial class ComposeTests
{
    private static readonly ComposeFile File = ComposeFile.Read();
    private static readonly IDeserializer Provisioned = new DeserializerBuilder().Build();

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
            ["grafana", "postgres", "prometheus", "rabbitmq", "redis"],
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
                        ? @"^([a-z]+/)?[a-z]+:v?[0-9]+\.[0-9]+(\.[0-9]+)?$"
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

    [Fact, UnsupportedOSPlatform("windows")]
    public async Task Its_secrets_are_files_that_make_secrets_makes_and_nothing_else_is_one()
    {
        using var folder = new TemporaryDirectory();
        await MakeSecretsAsync(folder.Path);
        Assert.All(
            File.Secrets.Values,
            secret =>
            {
                Assert.StartsWith("./deploy/secrets/", secret.File, StringComparison.Ordinal);
                var made = Path.Combine(folder.Path, Path.GetFileName(secret.File));
                Assert.True(System.IO.File.Exists(made), secret.File);
                // Whoever reaches it may read it, as the users of the containers do; the folder is closed.
                Assert.Equal(
                    UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
                    System.IO.File.GetUnixFileMode(made)
                );
            }
        );
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            System.IO.File.GetUnixFileMode(folder.Path)
        );
        Assert.Equal(
            File.Secrets.Keys.Order(StringComparer.Ordinal),
            File.Services.Values.SelectMany(service => service.Secrets)
                .Select(secret => secret.Source)
                .Distinct()
                .Order(StringComparer.Ordinal)
        );
        // Nothing is filled in from the environment of whoever starts it, and no variable holds a secret.
        Assert.DoesNotContain("${", ComposeFile.Text, StringComparison.Ordinal);
        Assert.All(
            File.Services.Values.SelectMany(service => service.Environment),
            variable =>
                Assert.True(
                    !SecretName().IsMatch(variable.Key)
                        || variable.Value.StartsWith("/run/secrets/", StringComparison.Ordinal),
                    variable.Key
                )
        );
    }

    [Fact]
    public async Task Secrets_that_are_there_are_not_changed_and_those_that_belong_together_fit()
    {
        using var folder = new TemporaryDirectory();
        await MakeSecretsAsync(folder.Path);
        var made = Directory.GetFiles(folder.Path).ToDictionary(file => file, System.IO.File.ReadAllText);
        await MakeSecretsAsync(folder.Path);
        Assert.Equal(made, Directory.GetFiles(folder.Path).ToDictionary(file => file, System.IO.File.ReadAllText));

        string Of(string name) => made[Path.Combine(folder.Path, name)].TrimEnd('\n');
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(Of("operator.key")))),
            Of("operator-hash")
        );
        Assert.Equal($"portal:{Of("rabbitmq-password")}", new Uri(Of("broker")).UserInfo);
        Assert.Equal($"default_user = portal\ndefault_pass = {Of("rabbitmq-password")}", Of("rabbitmq-conf"));
        Assert.All(
            (string[])["content", "feedback"],
            database =>
                Assert.StartsWith(
                    $"Host=postgres;Database={database};Username={File.Services["postgres"].Environment["POSTGRES_USER"]};"
                        + $"Password={Of("postgres-password")};",
                    Of($"{database}-database"),
                    StringComparison.Ordinal
                )
        );
        Assert.Equal(10, made.Values.Distinct().Count());
    }

    /// <summary>Variables of the images that are not the product's, as their documents name them.</summary>
    [Fact]
    public void Every_variable_of_the_other_images_is_one_that_they_read()
    {
        var known = new Dictionary<string, string[]>
        {
            ["postgres"] = ["POSTGRES_USER", "POSTGRES_PASSWORD_FILE", "POSTGRES_DB", "POSTGRES_INITDB_ARGS"],
            ["grafana"] =
            [
                "GF_SECURITY_ADMIN_PASSWORD__FILE",
                "GF_ANALYTICS_REPORTING_ENABLED",
                "GF_ANALYTICS_CHECK_FOR_UPDATES",
            ],
        };
        Assert.All(
            File.Services.Where(service => service.Value.Build is null),
            service =>
                Assert.All(
                    service.Value.Environment.Keys,
                    variable => Assert.Contains(variable, known.GetValueOrDefault(service.Key, []))
                )
        );
    }

    [Fact]
    public void A_value_that_names_another_container_is_refused_where_no_substitution_is_listed()
    {
        var refused = Assert.Throws<InvalidOperationException>(() =>
            ComposedSuite.OwnValue(File, "counting-1", "Counting:Elsewhere", "http://redis:6379")
        );
        Assert.Contains("Counting:Elsewhere names redis", refused.Message, StringComparison.Ordinal);
        Assert.Equal("rediscovered", ComposedSuite.OwnValue(File, "counting-1", "Counting:Elsewhere", "rediscovered"));
    }

    /// <summary>Grafana as files: what it mounts is there, and what asks and what is asked have the same names.</summary>
    [Fact]
    public void Grafana_finds_its_dashboards_and_Prometheus_and_Prometheus_its_rules_and_every_process()
    {
        var mounts = File.Services["grafana"]
            .Volumes.Select(volume => volume.Split(':'))
            .Where(parts => parts[0].StartsWith("./", StringComparison.Ordinal))
            .ToDictionary(parts => parts[1], parts => Path.Combine(Repository.Root, parts[0]));
        var provisioning = mounts["/etc/grafana/provisioning"];
        var provider = Yaml(Path.Combine(provisioning, "dashboards", "portal.yaml"), "providers");
        var options = (Dictionary<object, object>)provider["options"];
        var dashboards = Directory.GetFiles(mounts[(string)options["path"]], "*.json");
        Assert.NotEmpty(dashboards);
        var source = Yaml(Path.Combine(provisioning, "datasources", "prometheus.yaml"), "datasources");
        var asked = new Uri((string)source["url"]);
        Assert.Contains(asked.Host, File.Services["grafana"].DependsOn.Keys);
        Assert.Equal(9090, asked.Port);
        Assert.All(
            dashboards,
            file =>
            {
                var uids = Regex
                    .Matches(
                        System.IO.File.ReadAllText(file),
                        """
                        "datasource":\s*\{[^}]*"uid":\s*"([^"]+)"
                        """.Trim()
                    )
                    .Select(match => match.Groups[1].Value)
                    .ToList();
                Assert.NotEmpty(uids);
                Assert.All(uids, uid => Assert.Equal((string)source["uid"], uid));
            }
        );

        var prometheus = File.Services["prometheus"];
        Assert.Contains("./deploy/prometheus:/etc/prometheus:ro", prometheus.Volumes);
        Assert.Contains("--config.file=/etc/prometheus/prometheus.yml", prometheus.Command);
        var scraped = Regex.Matches(
            System.IO.File.ReadAllText(Path.Combine(Repository.Root, "deploy", "prometheus", "prometheus.yml")),
            "\"([a-z0-9-]+:[0-9]+)\""
        );
        Assert.Equal(
            File.Lasting.Where(host => host.Value.Build is not null)
                .Select(host => $"{host.Key}:{Door(host.Value, "Probe")}")
                .Order(StringComparer.Ordinal),
            scraped.Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal)
        );
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
            // Grafana for those at this machine.
            service =>
                Assert.All(
                    service.Value.Ports,
                    port => Assert.Equal("grafana 127.0.0.1:3000:3000", $"{service.Key} {port}")
                )
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
    public void Its_databases_and_stores_are_services()
    {
        Assert.All(
            File.Hosts.Where(host => host.Value.Settings.ContainsKey("ConnectionStrings:redis")),
            host => Assert.Equal("redis:6379", host.Value.Settings["ConnectionStrings:redis"])
        );
        var made = System.IO.File.ReadAllText(Path.Combine(Repository.Root, "deploy", "postgres", "feedback.sql"));
        Assert.Contains("CREATE DATABASE feedback;", made, StringComparison.Ordinal);
        Assert.Equal("content", File.Services["postgres"].Environment["POSTGRES_DB"]);
    }

    [Theory, MemberData(nameof(Programs))]
    public async Task A_host_starts_with_its_settings_while_all_others_are_away(string name)
    {
        const string Away = "Host=127.0.0.1;Port=1";
        using var suite = await ComposedSuite.PrepareAsync("127.0.0.1:1", Away, Away, new Uri("amqp://127.0.0.1:1"));
        await using var process = await HostProcess.StartAsync(
            File.Services[name].Project,
            [],
            suite.EnvironmentOf(name)
        );
        Assert.Equal(0, await process.TerminateAsync());
    }

    [Fact]
    public void The_image_has_one_program_and_a_user_without_rights()
    {
        var lines = System.IO.File.ReadAllLines(Path.Combine(Repository.Root, "deploy", "Dockerfile"));
        Assert.Equal(["USER $APP_UID", "ENTRYPOINT [\"/app/host\"]"], lines[^2..]);
        Assert.Contains(lines, line => line.EndsWith("-chiseled-extra", StringComparison.Ordinal));
    }

    private static async Task MakeSecretsAsync(string folder)
    {
        await using var script = await ChildProcess.StartAsync(
            Path.Combine(Repository.Root, "deploy", "make-secrets"),
            [folder]
        );
        Assert.True(await script.WaitForExitAsync(TimeSpan.FromMinutes(1)) == 0, script.Tail());
    }

    // The only entry of a list of provisioning.
    private static Dictionary<object, object> Yaml(string file, string list) =>
        (Dictionary<object, object>)
            (
                (List<object>)
                    Provisioned.Deserialize<Dictionary<string, object>>(System.IO.File.ReadAllText(file))[list]
            ).Single();

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

    [GeneratedRegex("PASS|SECRET|HASH|TOKEN", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();
}
