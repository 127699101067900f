namespace PortalServices.Testing.Processes;

/// <summary>How a host is started.</summary>
/// <param name="Arguments">Its command line.</param>
/// <param name="Environment">Environment variables beside the test's own.</param>
public sealed record HostStart(IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>With arguments alone.</summary>
    public static HostStart With(params string[] arguments) => new(arguments, new Dictionary<string, string>());
}
