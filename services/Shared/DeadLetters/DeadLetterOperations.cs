namespace PortalServices.DeadLetters;

/// <summary>
/// The operators' routes of dead letters, as the API document of each service that has some tells of its own.
/// </summary>
public static class DeadLetterOperations
{
    /// <summary>Their chapter.</summary>
    public const string Tag = "Dead letters";

    /// <summary>What the chapter is about.</summary>
    public const string About =
        "Events from other services that this one failed on for good. They wait for an operator. At the operators' door only.";
}
