namespace PortalServices.Http.Problems;

/// <summary>
/// Replies of failed requests: RFC 9457 problem details with a stable code, in Vietnamese or English.
/// </summary>
public static class Problem
{
    /// <summary>Makes the reply.</summary>
    /// <param name="code">What went wrong.</param>
    /// <param name="detail">A fact of this one request that helps to mend it (a name, a limit); not a sentence, as it
    /// is not translated.</param>
    /// <param name="retryAfter">When to try again; sent in whole seconds, at least one.</param>
    /// <param name="errors">What is wrong field by field.</param>
    public static IResult Of(
        ProblemCode code,
        string? detail = null,
        TimeSpan? retryAfter = null,
        IReadOnlyDictionary<string, string[]>? errors = null
    )
    {
        ArgumentNullException.ThrowIfNull(code);
        return new ProblemResult(code, detail, retryAfter, errors);
    }
}
