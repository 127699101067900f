using System.Collections.Concurrent;

namespace PortalServices.Model.Tests;

/// <summary>What a run has been through, so that it cannot pass by doing nothing.</summary>
internal sealed class Coverage
{
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>It happened once more.</summary>
    public void Saw(string what) => _counts.AddOrUpdate(what, 1, (_, count) => count + 1);

    /// <summary>How often it happened.</summary>
    public int this[string what] => _counts.GetValueOrDefault(what);

    /// <inheritdoc />
    public override string ToString() =>
        string.Join(
            ", ",
            _counts.OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => $"{count.Value} {count.Key}")
        );
}
