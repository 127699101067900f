namespace PortalServices.Testing;

/// <summary>
/// Which variants of a test are run: by default one, with <c>tests/run --long</c> all of them. A variant takes the same
/// way through the product as the others, only on another shape, another database or with another number.
/// </summary>
public static class Variants
{
    /// <summary>All in a long run; the first alone, one process with files, in a fast one; else the usual one.</summary>
    public static IEnumerable<T> Of<T>(IReadOnlyList<T> all, T usual) =>
        LongRun.IsOn ? all
        : FastRun.IsOn ? all.Take(1)
        : [usual];

    /// <summary>The usual ones, and in a long run the others, too.</summary>
    public static IEnumerable<T> Of<T>(IEnumerable<T> usual, IEnumerable<T> others) =>
        LongRun.IsOn ? usual.Concat(others) : usual;
}
