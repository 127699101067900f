namespace PortalServices.ServiceDefaults;

/// <summary>
/// The arguments, parted into settings (<c>--Section:Key=value</c> or <c>--Section:Key value</c>) and the rest, which belongs to a command.
/// The parting is ours because the configuration's own reader takes the argument after a bare switch for its value and so loses a setting.
/// </summary>
internal sealed record CommandLine(string[] Settings, string[] Rest)
{
    public string? Switch => Rest.Length > 0 ? Rest[0] : null;

    public static CommandLine Parse(string[] args)
    {
        List<string> settings = [], rest = [];
        for (var i = 0; i < args.Length; i++)
        {
            var isSwitch = args[i].StartsWith("--", StringComparison.Ordinal);
            if (isSwitch && args[i].Contains('='))
                settings.Add(args[i]);
            else if (isSwitch && args[i].Contains(':') && i + 1 < args.Length)
                settings.Add($"{args[i]}={args[++i]}");
            else
                rest.Add(args[i]);
        }

        return new CommandLine([.. settings], [.. rest]);
    }
}
