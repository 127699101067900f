using PortalServices.Testing.Portal;

namespace PortalServices.Testing.Storm;

/// <summary>How many views come from how many clients, and how unruly these are.</summary>
public sealed record StormOptions
{
    /// <summary>The sites that the views go to, in turn.</summary>
    public required IReadOnlyList<string> Sites { get; init; }

    /// <summary>The doors; every attempt takes one at random, so that a repeat also reaches another process.</summary>
    public required IReadOnlyList<PortalClient> Doors { get; init; }

    /// <summary>Different views, each with an id of its own.</summary>
    public required int Views { get; init; }

    /// <summary>Clients, each with one request at a time.</summary>
    public int Clients { get; init; } = 64;

    /// <summary>
    /// Whether every second view goes to a page of its own; else all share pages, and the store's content stays as
    /// small as they are few.
    /// </summary>
    public bool OwnPages { get; init; } = true;

    /// <summary>Pages that views share.</summary>
    public int SharedPages { get; init; } = 97;

    /// <summary>What follows in the path of a shared page: long paths make long logs.</summary>
    public string SharedPath { get; init; } = "";

    /// <summary>The share of acknowledged views that are sent once more.</summary>
    public double SentAgain { get; init; } = 0.1;

    /// <summary>The share of views that are sent twice at the same time.</summary>
    public double SentTwiceAtOnce { get; init; } = 0.05;

    /// <summary>The share of requests whose client hangs up before the answer.</summary>
    public double GivenUp { get; init; }

    /// <summary>Whether views have ids; without, no client may send one twice.</summary>
    public bool WithIds { get; init; } = true;

    /// <summary>Whether a client repeats a view until it is acknowledged; else every view is sent once.</summary>
    public bool Persistent { get; init; } = true;
}
