using Microsoft.AspNetCore.Http;

namespace PortalServices.OperatorAccess;

/// <summary>Who a request on the operators' routes comes from.</summary>
/// <param name="Name">The name of the key, for audits.</param>
public sealed record CallingOperator(string Name);

/// <summary>Gives routes the operator that was let in.</summary>
public static class CallingOperatorExtensions
{
    /// <summary>The operator of this request; null outside the operators' routes.</summary>
    public static CallingOperator? Operator(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Features.Get<CallingOperator>();
    }
}
