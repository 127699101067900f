using System.Collections.Concurrent;

namespace PortalServices.Model.Tests.Checks;

/// <summary>Where the product and the model disagree. Several checks may fill it at once.</summary>
internal sealed class Differences
{
    private readonly ConcurrentQueue<string> _found = [];

    /// <summary>None.</summary>
    public bool AreNone => _found.IsEmpty;

    /// <summary>Notes a number that is not the model's.</summary>
    public void Compare<T>(string what, T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            _found.Enqueue($"{what}: {actual} instead of {expected}");
        }
    }

    /// <summary>Notes a condition that does not hold.</summary>
    public void Expect(bool holds, string otherwise)
    {
        if (!holds)
        {
            _found.Enqueue(otherwise);
        }
    }

    /// <summary>Notes what differs between two tables; what one of them lacks is zero.</summary>
    public void CompareTables<TKey>(
        string what,
        IReadOnlyDictionary<TKey, long> expected,
        IReadOnlyDictionary<TKey, long> actual
    )
        where TKey : notnull
    {
        foreach (var key in expected.Keys.Union(actual.Keys))
        {
            Compare($"{what} {key}", expected.GetValueOrDefault(key), actual.GetValueOrDefault(key));
        }
    }

    /// <inheritdoc />
    public override string ToString() => string.Join("; ", _found);
}
