namespace PortalServices.Standalone;

/// <summary>The one argument of this host beyond those of every process: <c>--data DIR</c>, which becomes the setting <c>data</c>.</summary>
internal static class StandaloneArguments
{
    public const string Data = "data";
    const string Switch = "--" + Data;

    public static string[] Read(string[] args)
    {
        List<string> read = [];
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] != Switch)
                read.Add(args[i]);
            else if (i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal))
                read.Add($"{Switch}={args[++i]}");
            else
                read.Add($"{Switch}=");
        }

        return [.. read];
    }
}
