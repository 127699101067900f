namespace PortalServices.Standalone.Data;

/// <summary>
/// The one argument of this host beyond those of every process: <c>--data DIR</c>, short for the setting
/// <c>Data:Folder</c>.
/// </summary>
internal static class StandaloneArguments
{
    public const string DataFolder = "Data:Folder";
    private const string Short = "--data";

    public static string[] Read(string[] args)
    {
        List<string> read = [];
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i].StartsWith(Short + "=", StringComparison.Ordinal))
            {
                read.Add($"--{DataFolder}{args[i][Short.Length..]}");
            }
            else if (args[i] != Short)
            {
                read.Add(args[i]);
            }
            else
            {
                var isNamed = i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal);
                read.Add($"--{DataFolder}={(isNamed ? args[++i] : "")}");
            }
        }

        return [.. read];
    }
}
