using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;

namespace PortalServices.Database;

/// <summary>The databases that the product runs on.</summary>
public enum DatabaseKind
{
    /// <summary>A file of this machine, for one process.</summary>
    Sqlite,

    /// <summary>A server, for any number of replicas.</summary>
    PostgreSql,
}

/// <summary>The connection string of <typeparamref name="TContext"/>, which chooses its database.</summary>
internal sealed class DatabaseConnection<TContext>
    where TContext : DbContext
{
    public string Text { get; private set; } = "";

    /// <summary>What it is for; null for neither database.</summary>
    public DatabaseKind? Kind { get; private set; }

    public void Set(string? text)
    {
        Text = text ?? "";
        var parts = new DbConnectionStringBuilder();
        Kind =
            !ConnectionStringCheck<TContext>.IsRead(() => parts.ConnectionString = Text) ? null
            : parts.ContainsKey("Host") || parts.ContainsKey("Server") ? DatabaseKind.PostgreSql
            : parts.ContainsKey("Data Source") || parts.ContainsKey("DataSource") || parts.ContainsKey("Filename")
                ? DatabaseKind.Sqlite
            : null;
    }
}

/// <summary>
/// Stops the start where the setting is no connection string of either database. It may hold a password, so no part of
/// it is repeated.
/// </summary>
internal sealed class ConnectionStringCheck<TContext>(string setting) : IValidateOptions<DatabaseConnection<TContext>>
    where TContext : DbContext
{
    private const string PostgreSql = "PostgreSQL (Host=…;Database=…;Username=…)",
        Sqlite = "SQLite (Data Source=…)";

    public ValidateOptionsResult Validate(string? name, DatabaseConnection<TContext> options)
    {
        var (text, inMemory) = (options.Text, false);
        var mistake = options.Kind switch
        {
            null => $"neither of {PostgreSql} nor of {Sqlite}",
            DatabaseKind.PostgreSql => IsRead(() => new NpgsqlConnectionStringBuilder(text))
                ? null
                : $"cannot be read as one of {PostgreSql}",
            _ when !IsRead(() => inMemory = IsInMemory(new SqliteConnectionStringBuilder(text))) =>
                $"cannot be read as one of {Sqlite}",
            _ when inMemory => "names no file; SQLite in memory would keep nothing",
            _ => SqliteFile.Mistake(new SqliteConnectionStringBuilder(text).DataSource),
        };
        return mistake is null ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail($"{setting}: {mistake}");
    }

    internal static bool IsRead(Func<object> read)
    {
        try
        {
            read();
            return true;
        }
        catch (Exception unreadable)
            when (unreadable is ArgumentException or FormatException or OverflowException or InvalidCastException)
        {
            return false;
        }
    }

    private static bool IsInMemory(SqliteConnectionStringBuilder parts) =>
        parts.Mode is SqliteOpenMode.Memory || parts.DataSource is "" or ":memory:";
}
