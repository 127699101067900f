using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json;

namespace PortalServices.ServiceDefaults.Telemetry;

/// <summary>
/// A label of a metric, with all the values that it can have: any other is recorded as <see cref="Other"/>. Each pair
/// is made once, so that recording allocates nothing.
/// </summary>
public sealed class MetricLabel
{
    /// <summary>Stands for every value that is not among the label's.</summary>
    public const string Other = "other";

    private readonly ConcurrentDictionary<string, KeyValuePair<string, object?>> _pairs;
    private readonly KeyValuePair<string, object?> _other;

    /// <summary>A label with the values that it can have.</summary>
    public MetricLabel(string name, params IEnumerable<string> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        Name = name;
        _pairs = new(
            values
                .Distinct(StringComparer.Ordinal)
                .Select(value => KeyValuePair.Create(value, new KeyValuePair<string, object?>(name, value))),
            StringComparer.Ordinal
        );
        _other = new(name, Other);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The value of another label beside which alone it is recorded; null when it always is.</summary>
    public KeyValuePair<string, object?>? Beside { get; private set; }

    /// <summary>What it can be, in order.</summary>
    public IEnumerable<string> Values => _pairs.Keys.Order(StringComparer.Ordinal);

    /// <summary>A label with the names of an enumeration, as they are written in JSON.</summary>
    public static MetricLabel Of<TEnum>(string name, params IEnumerable<TEnum> without)
        where TEnum : struct, Enum => new(name, Enum.GetValues<TEnum>().Except(without).Select(value => NameOf(value)));

    /// <summary>A label with the codes of problems.</summary>
    public static MetricLabel OfProblems(string name, params IEnumerable<ProblemCode> problems) =>
        new(name, problems.Select(problem => problem.Code));

    /// <summary>Has it recorded only beside a value of another label, which is declared before it.</summary>
    public MetricLabel OnlyBeside(KeyValuePair<string, object?> other)
    {
        Beside = other;
        return this;
    }

    /// <summary>
    /// Adds a value, while a process is set up: one that the modules of this process bring with them.
    /// </summary>
    public void Add(string value) => _pairs.TryAdd(value, new(Name, value));

    /// <summary>The value of an enumeration as a label has it.</summary>
    public static string NameOf<TEnum>(TEnum value)
        where TEnum : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    /// <summary>The label with a value.</summary>
    public KeyValuePair<string, object?> With(string value) => _pairs.TryGetValue(value, out var pair) ? pair : _other;

    /// <summary>The label with the value of an enumeration.</summary>
    public KeyValuePair<string, object?> With<TEnum>(TEnum value)
        where TEnum : struct, Enum => With(NameOf(value));
}

/// <summary>
/// What the labels of the product's metrics are. A label that is not declared here is not exported, so no metric can
/// have more series than its labels have values.
/// </summary>
public static class MetricLabels
{
    private static readonly ConcurrentDictionary<(string Meter, string Instrument), MetricLabel[]> Declared = new();

    /// <summary>
    /// Declares the labels of an instrument that is about to be made, and returns its name: whoever listens to it asks
    /// for them while it is made. One that is not declared has none.
    /// </summary>
    public static string Named(this Meter meter, string instrument, params MetricLabel[] labels)
    {
        ArgumentNullException.ThrowIfNull(meter);
        Declared[(meter.Name, instrument)] = labels;
        return instrument;
    }

    /// <summary>
    /// Names classes that make their instruments when they are first used: they are made at the start, so that a metric
    /// is there before anything has happened.
    /// </summary>
    public static IServiceCollection AddMetersOf(this IServiceCollection services, params IEnumerable<Type> classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        foreach (var each in classes)
        {
            services.AddSingleton(new MeteredClass(each));
        }
        return services;
    }

    /// <summary>The labels of an instrument.</summary>
    public static IReadOnlyList<MetricLabel> Of(Instrument instrument)
    {
        ArgumentNullException.ThrowIfNull(instrument);
        return Declared.TryGetValue((instrument.Meter.Name, instrument.Name), out var labels) ? labels : [];
    }
}
