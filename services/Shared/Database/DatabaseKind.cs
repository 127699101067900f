using System.Data.Common;
using PortalServices.ServiceDefaults;

namespace PortalServices.Database;

/// <summary>The databases that the product runs on.</summary>
public enum DatabaseKind
{
    /// <summary>A file of this machine, for one process.</summary>
    Sqlite,

    /// <summary>A server, for any number of replicas.</summary>
    PostgreSql,
}

/// <summary>Which database a connection string is for.</summary>
internal static class ConnectionStringKind
{
    /// <exception cref="StartupException">It is for neither.</exception>
    public static DatabaseKind Of(string name, string? connectionString)
    {
        var parts = new DbConnectionStringBuilder();
        try
        {
            parts.ConnectionString = connectionString ?? "";
        }
        catch (ArgumentException)
        {
            // As if it were empty: the text may hold a password and is not repeated.
            parts.Clear();
        }

        return parts.ContainsKey("Host") || parts.ContainsKey("Server") ? DatabaseKind.PostgreSql
            : parts.ContainsKey("Data Source") || parts.ContainsKey("DataSource") || parts.ContainsKey("Filename") ? DatabaseKind.Sqlite
            : throw new StartupException($"ConnectionStrings:{name} is neither of PostgreSQL (Host=…;Database=…;Username=…) nor of SQLite (Data Source=…)");
    }
}
