using Microsoft.Data.Sqlite;

namespace PortalServices.Database;

/// <summary>The file of an SQLite database.</summary>
internal static class SqliteFile
{
    private const string UriScheme = "file:",
        DataDirectory = "|DataDirectory|";

    /// <summary>
    /// The connection string with a time-out of its own, where it names none: whoever waits for a writer of another
    /// process is told well before a request is given up. The driver's own is 30 seconds.
    /// </summary>
    public static string? WithTimeout(string? connection)
    {
        const int Seconds = 5;
        if (connection is null)
        {
            return null;
        }
        var parts = new SqliteConnectionStringBuilder(connection);
        if (!parts.ShouldSerialize("Default Timeout"))
        {
            parts.DefaultTimeout = Seconds;
        }
        return parts.ToString();
    }

    /// <summary>Why no database can be there, or null. SQLite makes the file, and not its folder.</summary>
    /// <param name="source">The connection string's <c>Data Source</c>: a path, or an address with the scheme
    /// <c>file</c>.</param>
    public static string? Mistake(string source)
    {
        var path = PathOf(source);
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            return "names no file";
        }
        path = Path.GetFullPath(path);
        if (Directory.Exists(path))
        {
            return $"{path} is a folder, not a file";
        }
        return Directory.Exists(Path.GetDirectoryName(path)) ? null : $"the folder of {path} does not exist";
    }

    public static string PathIn(string connection) => PathOf(new SqliteConnectionStringBuilder(connection).DataSource);

    private static string PathOf(string source) =>
        source.StartsWith(UriScheme, StringComparison.OrdinalIgnoreCase) ? PathOfAddress(source[UriScheme.Length..])
        : source.StartsWith(DataDirectory, StringComparison.OrdinalIgnoreCase)
            ? source[DataDirectory.Length..].TrimStart('/', '\\')
        : source;

    private static string PathOfAddress(string address)
    {
        var path = Uri.UnescapeDataString(address.Split('?', '#')[0]);
        if (!path.StartsWith("//", StringComparison.Ordinal))
        {
            return path;
        }
        var root = path.IndexOf('/', 2);
        return root < 0 ? "/" : path[root..];
    }
}
