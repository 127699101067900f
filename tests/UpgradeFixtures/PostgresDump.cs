using Npgsql;
using PortalServices.Testing.Processes;

namespace PortalServices.UpgradeFixtures;

/// <summary>A database as SQL text.</summary>
public static class PostgresDump
{
    /// <summary>Writes a database into a file.</summary>
    public static Task WriteAsync(string connectionString, string file) =>
        ChildProcess.RunAsync(
            Programs.Postgres("pg_dump"),
            [.. Arguments(connectionString), "--no-owner", "--no-privileges", "--file", file]
        );

    /// <summary>Fills an empty database from a file.</summary>
    public static Task LoadAsync(string connectionString, string file) =>
        ChildProcess.RunAsync(
            Programs.Postgres("psql"),
            [.. Arguments(connectionString), "--quiet", "--set", "ON_ERROR_STOP=1", "--file", file]
        );

    private static string[] Arguments(string connectionString)
    {
        var to = new NpgsqlConnectionStringBuilder(connectionString);
        return ["--host", to.Host!, "--port", $"{to.Port}", "--username", to.Username!, "--dbname", to.Database!];
    }
}
