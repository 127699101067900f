namespace PortalServices.Testing.Processes;

/// <summary>What came of a host that ran to its end.</summary>
public sealed record HostRun(int ExitCode, IReadOnlyList<string> Output, IReadOnlyList<string> Errors);
