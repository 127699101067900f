namespace PortalServices.LoadTests.Scenarios;

/// <summary>A mix of kinds of requests: which one a call is follows from its number.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Mix">The kinds, each so many times in a hundred.</param>
internal sealed record Scenario(string Name, IReadOnlyList<(int Percent, CallKind Kind)> Mix)
{
    private const long Round = 100;

    // A step that shares no factor with the round visits all of it, and spreads the kinds evenly.
    private const long Step = 37;

    /// <summary>Whether it writes to the site.</summary>
    public bool Writes => Mix.Any(each => each.Kind.Writes);

    /// <summary>Its views; null when it sends none.</summary>
    public ViewCalls? Views => Mix.Select(each => each.Kind).OfType<ViewCalls>().SingleOrDefault();

    /// <summary>The kinds.</summary>
    public IEnumerable<CallKind> Kinds => Mix.Select(each => each.Kind);

    /// <summary>The kind of a call.</summary>
    public CallKind KindOf(long sequence)
    {
        var place = sequence * Step % Round;
        foreach (var (percent, kind) in Mix)
        {
            place -= percent;
            if (place < 0)
            {
                return kind;
            }
        }
        return Mix[^1].Kind;
    }

    /// <summary>Reads what the kinds need to know of the target.</summary>
    public async Task PrepareAsync(PublicApi api, CancellationToken cancel)
    {
        foreach (var kind in Kinds)
        {
            await kind.PrepareAsync(api, cancel);
        }
    }
}
