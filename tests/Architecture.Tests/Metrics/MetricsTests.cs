using System.Diagnostics.Metrics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using PortalServices.Content;
using PortalServices.Counting;
using PortalServices.Database;
using PortalServices.Edge;
using PortalServices.Feedback;
using PortalServices.Messaging;
using PortalServices.OperatorAccess;
using PortalServices.Portal;
using PortalServices.ServiceDefaults;
using PortalServices.ServiceDefaults.Telemetry;
using PortalServices.Testing;

namespace PortalServices.Architecture.Tests.Metrics;

/// <summary>
/// The product's own metrics: approved, each with all that its labels can say, and explained. With
/// <c>APPROVE_TEXTS=1</c> in the environment the file is written anew.
/// </summary>
public sealed class MetricsTests
{
    private static readonly string File = Path.Combine(Repository.Root, "tests/Architecture.Tests/Metrics/metrics.txt");

    [Fact]
    public void Metrics_and_all_values_of_their_labels_are_the_approved_ones()
    {
        var text = new StringBuilder(
            "# The product's own metrics: name, kind, unit; below each its labels with all values that they can have.\n"
        );
        foreach (var (instrument, kind) in Instruments())
        {
            text.Append(instrument.Name).Append(' ').Append(kind).Append(' ').Append(instrument.Unit).Append('\n');
            foreach (var label in MetricLabels.Of(instrument))
            {
                text.Append("  ").Append(label.Name).Append(": ").AppendJoin(' ', label.Values).Append('\n');
            }
        }
        if (Environment.GetEnvironmentVariable("APPROVE_TEXTS") == "1")
        {
            System.IO.File.WriteAllText(File, text.ToString());
        }
        Assert.Equal(System.IO.File.Exists(File) ? System.IO.File.ReadAllText(File) : "", text.ToString());
    }

    [Fact]
    public void Each_is_explained() =>
        Assert.All(
            Instruments(),
            each =>
                Assert.Contains(
                    $"| `{each.Instrument.Name}`",
                    System.IO.File.ReadAllText(Path.Combine(Repository.Root, "docs/metrics.md")),
                    StringComparison.Ordinal
                )
        );

    [Fact]
    public void A_value_that_is_not_declared_is_recorded_as_another()
    {
        var label = new MetricLabel("kind", "a", "b");
        Assert.Equal("a", label.With("a").Value);
        Assert.Equal(MetricLabel.Other, label.With("an address, perhaps").Value);
    }

    [Fact]
    public void Each_class_that_makes_instruments_is_named_at_the_start()
    {
        using var product = WholeProduct.Build("--ConnectionStrings:rabbitmq=amqp://localhost");
        Assert.Equal(
            Assemblies.SelectMany(assembly => assembly.GetTypes()).Where(HasMeter).Select(type => type.Name).Order(),
            product.Services.GetServices<MeteredClass>().Select(each => each.Type.Name).Order()
        );
    }

    private static bool HasMeter(Type type) =>
        type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            .Any(field => field.FieldType == typeof(Meter));

    /// <summary>By name; made as the product makes them.</summary>
    internal static IReadOnlyList<(Instrument Instrument, string Kind)> Instruments()
    {
        var found = new Dictionary<string, (Instrument, string)>(StringComparer.Ordinal);
        using var product = WholeProduct.Build("--ConnectionStrings:rabbitmq=amqp://localhost");
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name.StartsWith("PortalServices.", StringComparison.Ordinal))
            {
                found[instrument.Name] = (instrument, instrument.GetType().Name.Split('`')[0]);
            }
        };
        listener.Start();
        const BindingFlags All =
            BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        Type[] types = [.. Assemblies.SelectMany(assembly => assembly.GetTypes())];
        foreach (var type in types)
        {
            if (HasMeter(type))
            {
                RuntimeHelpers.RunClassConstructor(type.TypeHandle);
            }
        }
        // What has a meter of its own, and what gives it something to observe.
        Type[] metered = [.. Taking(types, typeof(IMeterFactory))];
        foreach (var type in metered.Concat(Taking(types, metered)))
        {
            product.Services.GetService(type);
        }
        return [.. found.OrderBy(each => each.Key, StringComparer.Ordinal).Select(each => each.Value)];

        static IEnumerable<Type> Taking(Type[] types, params Type[] parts) =>
            types.Where(type =>
                type.GetConstructors(All)
                    .SelectMany(constructor => constructor.GetParameters())
                    .Any(parameter => parts.Contains(parameter.ParameterType))
            );
    }

    private static Assembly[] Assemblies =>
        [
            typeof(ContentSetup).Assembly,
            typeof(CountingSetup).Assembly,
            typeof(FeedbackSetup).Assembly,
            typeof(EdgeSetup).Assembly,
            typeof(DatabaseSetup).Assembly,
            typeof(MessagingSetup).Assembly,
            typeof(OperatorAccessSetup).Assembly,
            typeof(PortalSetup).Assembly,
            typeof(ServiceDefaultsSetup).Assembly,
        ];
}
