using PortalServices.OperatorAccess.Gate;

namespace PortalServices.ApiDocuments;

/// <summary>What routes of one kind can all answer, beside what is their own.</summary>
internal static class RouteProblems
{
    private static readonly ProblemCode[] OnTheWay =
    [
        CommonProblems.InternalError,
        CommonProblems.StoreUnavailable,
        CommonProblems.ServiceUnavailable,
        CommonProblems.ServiceTimeout,
    ];

    private static readonly ProblemCode[] OfKeys =
    [
        OperatorProblems.KeyRequired,
        OperatorProblems.KeyInvalid,
        OperatorProblems.ScopeMissing,
    ];

    /// <summary>Routes that are open to all: of the address, of the store, and of the way there.</summary>
    public static IReadOnlyList<ProblemCode> Public { get; } =
    [CommonProblems.ForeignOrigin, CommonProblems.UnknownSite, .. OnTheWay];

    public static IReadOnlyList<ProblemCode> Operators { get; } = [.. OfKeys, .. OnTheWay];

    public static IReadOnlyList<ProblemCode> OperatorsOfSite { get; } =
    [.. OfKeys, OperatorProblems.SiteMissing, CommonProblems.UnknownSite, .. OnTheWay];

    public static IReadOnlyList<ProblemCode> OfBodies { get; } =
    [
        CommonProblems.InvalidJson,
        CommonProblems.RequestTimeout,
        CommonProblems.BodyTooLarge,
        CommonProblems.UnsupportedMediaType,
    ];
}
