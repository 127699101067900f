using k8s;
using k8s.Models;
using PortalServices.Testing;
using PortalServices.Testing.Compose;

namespace PortalServices.Architecture.Tests.Deployment;

/// <summary>
/// deploy/kubernetes, without a cluster: each manifest is one that the API of Kubernetes knows, field by field, and the
/// hosts are given the same as by compose.yaml.
/// </summary>
public sealed class KubernetesTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "deploy", "kubernetes");

    private static readonly ComposeFile Compose = ComposeFile.Read();

    private static readonly IReadOnlyList<object> All = [.. Files.SelectMany(Read)];

    public static TheoryData<string> Manifests => [.. Files.Select(file => Path.GetFileName(file)!)];

    public static TheoryData<string> Hosts => [.. Compose.Hosts.Select(host => host.Key)];

    private static IEnumerable<string> Files =>
        Directory
            .GetFiles(Folder, "*.yaml")
            .Where(file => Path.GetFileName(file) != "kustomization.yaml")
            .Order(StringComparer.Ordinal);

    [Theory, MemberData(nameof(Manifests))]
    public void The_API_knows_every_field(string file) => Assert.NotEmpty(Read(Path.Combine(Folder, file)));

    [Theory]
    [InlineData("spec: { replica: 1 }")]
    [InlineData("spec: { replicas: two }")]
    [InlineData("kind: Deploymnet")]
    public void A_field_or_kind_that_it_does_not_know_is_refused(string wrong) =>
        Assert.ThrowsAny<Exception>(() =>
            KubernetesYaml.LoadAllFromString(
                $"apiVersion: apps/v1\n{(wrong.StartsWith("kind", StringComparison.Ordinal) ? "" : "kind: Deployment\n")}{wrong}\n",
                strict: true
            )
        );

    [Fact]
    public void Kustomize_is_told_of_every_file_and_image()
    {
        var lines = File.ReadAllLines(Path.Combine(Folder, "kustomization.yaml"));
        Assert.Equal(
            Files.Select(file => $"  - {Path.GetFileName(file)}"),
            lines
                .SkipWhile(line => line != "resources:")
                .Skip(1)
                .TakeWhile(line => line.StartsWith("  - ", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        );
        Assert.All(
            Pods.Values.Select(pod => pod.Containers.Single().Image).Distinct(),
            image => Assert.Contains($"  - {{ name: {image}, newTag: local }}", lines)
        );
    }

    [Fact]
    public void It_has_the_hosts_of_compose() =>
        Assert.Equal(
            Compose.Hosts.Select(host => host.Key).Order(StringComparer.Ordinal),
            Pods.Keys.Order(StringComparer.Ordinal)
        );

    [Theory, MemberData(nameof(Hosts))]
    public void A_host_is_given_what_compose_gives_it(string name)
    {
        var (host, pod) = (Compose.Services[name], Pods[name]);
        var container = pod.Containers.Single();
        var environment = container.Env.ToDictionary(each => each.Name, each => each.Value);
        var expected = new Dictionary<string, string>(host.Environment);
        if (expected.Remove("Gateway__Addresses__0"))
        {
            // Pods have no address of their own choice: it is the network of all pods, and the policy closes the door.
            Assert.True(environment.Remove("Gateway__Addresses__0"));
        }
        Assert.Equal(expected.OrderBy(each => each.Key), environment.OrderBy(each => each.Key));
        Assert.Equal(
            host.Secrets.Select(secret => (secret.Source, secret.Target)).Order(),
            pod.Volumes.Single(volume => volume.Name == "secrets")
                .Secret.Items.Select(item => (item.Key, item.Path))
                .Order()
        );
        Assert.Equal("/run/secrets", container.VolumeMounts.Single(mount => mount.Name == "secrets").MountPath);
        Assert.Equal(host.Image, $"{container.Image}:local");
        Assert.Equal(host.Command, container.Args ?? []);
        Assert.Equal(host.MemoryBytes, container.Resources.Limits["memory"].ToInt64());
        Assert.True(container.SecurityContext is { ReadOnlyRootFilesystem: true, AllowPrivilegeEscalation: false });
        Assert.True(pod.SecurityContext.RunAsNonRoot);
    }

    [Fact]
    public void A_host_that_goes_on_has_doors_probes_a_service_and_a_disruption_budget()
    {
        var deployments = All.OfType<V1Deployment>().ToList();
        Assert.NotEmpty(deployments);
        Assert.All(
            deployments,
            deployment =>
            {
                var container = deployment.Spec.Template.Spec.Containers.Single();
                var doors = container
                    .Env.Where(each => each.Name.StartsWith("Kestrel__", StringComparison.Ordinal))
                    .ToDictionary(
                        each => each.Name.Split("__")[2].ToLowerInvariant(),
                        each => new Uri(each.Value.Replace('*', 'x')).Port
                    );
                Assert.Equal(
                    doors.OrderBy(door => door.Key),
                    container
                        .Ports.ToDictionary(port => port.Name, port => port.ContainerPort)
                        .OrderBy(door => door.Key)
                );
                Assert.Equal("/health/ready", container.ReadinessProbe.HttpGet.Path);
                Assert.Equal("/health/live", container.LivenessProbe.HttpGet.Path);
                Assert.Equal("/health/live", container.StartupProbe.HttpGet.Path);
                var labels = deployment.Spec.Template.Metadata.Labels;
                Assert.True(Selects(deployment.Spec.Selector.MatchLabels, labels));
                Assert.True(deployment.Spec.Template.Spec.TerminationGracePeriodSeconds >= 35);
                var reached = All.OfType<V1Service>().Where(service => Selects(service.Spec.Selector, labels)).ToList();
                Assert.Equal(
                    doors.OrderBy(door => door.Key),
                    reached
                        .SelectMany(service => service.Spec.Ports)
                        .ToDictionary(port => port.Name, port => port.Port)
                        .OrderBy(door => door.Key)
                );
                var budget = All.OfType<V1PodDisruptionBudget>()
                    .Single(each => Selects(each.Spec.Selector.MatchLabels, labels));
                // A budget of one that covers one pod alone would let all of a service go.
                Assert.Equal("1", (string)budget.Spec.MaxUnavailable);
                Assert.True(
                    deployments
                        .Where(each => Selects(budget.Spec.Selector.MatchLabels, each.Spec.Template.Metadata.Labels))
                        .Sum(each => each.Spec.Replicas) >= 2
                );
            }
        );
    }

    [Fact]
    public void Nobody_but_the_gateway_reaches_the_door_that_believes_it()
    {
        var believing = All.OfType<V1Deployment>()
            .Where(each => each.Spec.Template.Spec.Containers.Single().Ports.Any(port => port.Name == "internal"))
            .ToList();
        Assert.NotEmpty(believing);
        Assert.All(
            believing,
            each =>
            {
                var policy = All.OfType<V1NetworkPolicy>()
                    .Single(policy => Selects(policy.Spec.PodSelector.MatchLabels, each.Spec.Template.Metadata.Labels));
                var open = policy.Spec.Ingress.Single(rule => rule.Ports.Any(port => (string)port.Port == "internal"));
                Assert.Equal("gateway", Assert.Single(open.FromProperty).PodSelector.MatchLabels["service"]);
                Assert.Single(open.Ports);
            }
        );
    }

    [Fact]
    public void The_gateway_asks_for_services_that_are_there()
    {
        var gateway = Pods["gateway"].Containers.Single();
        var addresses = gateway
            .Env.Where(each => each.Name.StartsWith("ReverseProxy__", StringComparison.Ordinal))
            .Select(each => new Uri(each.Value))
            .ToList();
        Assert.NotEmpty(addresses);
        Assert.All(
            addresses,
            address =>
                Assert.Contains(
                    All.OfType<V1Service>().Single(service => service.Metadata.Name == address.Host).Spec.Ports,
                    port => port.Port == address.Port
                )
        );
    }

    private static Dictionary<string, V1PodSpec> Pods =>
        All.OfType<V1Deployment>()
            .Select(each => KeyValuePair.Create(each.Metadata.Name, each.Spec.Template.Spec))
            .Concat(
                All.OfType<V1Job>().Select(each => KeyValuePair.Create(each.Metadata.Name, each.Spec.Template.Spec))
            )
            .ToDictionary();

    private static IEnumerable<object> Read(string file) =>
        KubernetesYaml.LoadAllFromString(File.ReadAllText(file), strict: true);

    private static bool Selects(IDictionary<string, string> selector, IDictionary<string, string> labels) =>
        selector.All(each => labels.TryGetValue(each.Key, out var value) && value == each.Value);
}
