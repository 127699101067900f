namespace PortalServices.ServiceDefaults.Hosting;

/// <summary>
/// The arguments, parted into settings (<c>--Section:Key=value</c> or <c>--Section:Key value</c>) and the rest, which
/// belongs to a command.
/// A setting's key has a section, so <c>--scopes=a</c> is a command's. The parting is ours because the configuration's
/// own reader takes the argument after a bare switch for its value and so loses a setting.
/// </summary>
internal sealed record CommandLine(string[] Settings, string[] Rest)
{
    public string? Switch => Rest.Length > 0 ? Rest[0] : null;

    public static CommandLine Parse(string[] args)
    {
        List<string> settings = [],
            rest = [];
        for (var i = 0; i < args.Length; i++)
        {
            var key = args[i].Split('=', 2)[0];
            if (!key.StartsWith("--", StringComparison.Ordinal) || key.IndexOf(':') <= "--".Length)
            {
                rest.Add(args[i]);
            }
            else if (key.Length < args[i].Length)
            {
                settings.Add(args[i]);
            }
            else if (i + 1 < args.Length)
            {
                settings.Add($"{key}={args[++i]}");
            }
            else
            {
                throw new StartupException($"{key}: a value is missing");
            }
        }

        return new CommandLine([.. settings], [.. rest]);
    }
}
