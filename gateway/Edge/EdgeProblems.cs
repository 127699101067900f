namespace PortalServices.Edge;

/// <summary>Refusals at the edge.</summary>
public static class EdgeProblems
{
    /// <summary>
    /// The client has reached the limit that the detail names; <c>Retry-After</c> says when to go on. Counting a view
    /// never has one.
    /// </summary>
    public static readonly ProblemCode RateLimited = new(
        "rate_limited",
        429,
        "Too many requests. Please try again shortly.",
        "Quá nhiều yêu cầu. Vui lòng thử lại sau giây lát."
    );
}
