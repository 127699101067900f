using PortalServices.Http.Problems;

namespace PortalServices.OperatorAccess.Gate;

/// <summary>Refusals on the operators' routes.</summary>
public static class OperatorProblems
{
    /// <summary>An operators' address without <c>Authorization: Bearer …</c>.</summary>
    public static readonly ProblemCode KeyRequired = new(
        "operator_key_required",
        401,
        "An operator key is required.",
        "Cần có khóa của người vận hành."
    );

    /// <summary>The key is malformed, unknown or withdrawn.</summary>
    public static readonly ProblemCode KeyInvalid = new(
        "operator_key_invalid",
        401,
        "The operator key is not valid.",
        "Khóa của người vận hành không hợp lệ."
    );

    /// <summary>The key may not do this; the detail names the scope that may.</summary>
    public static readonly ProblemCode ScopeMissing = new(
        "operator_scope_missing",
        403,
        "The operator key does not allow this.",
        "Khóa của người vận hành không cho phép thao tác này."
    );

    /// <summary>
    /// The key is not good for this site, or for some sites only where the address is about all of them.
    /// </summary>
    public static readonly ProblemCode SiteMissing = new(
        "operator_site_missing",
        403,
        "The operator key is not valid for this site.",
        "Khóa của người vận hành không dùng được cho trang web này."
    );
}
