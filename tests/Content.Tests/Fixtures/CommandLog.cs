using System.Data.Common;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using PortalServices.Content.Storage;

namespace PortalServices.Content.Tests.Fixtures;

/// <summary>The commands that the database of an application is sent while this exists and that name a site among their parameters.</summary>
public sealed class CommandLog : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    readonly string _site;
    readonly (string, string) _database;
    readonly List<SentCommand> _commands = [];
    readonly List<IDisposable> _subscriptions = [];

    CommandLog(string site, (string, string) database)
    {
        (_site, _database) = (site, database);
        _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
    }

    /// <summary>Begins to listen.</summary>
    public static async Task<CommandLog> OfAsync(ContentApp app, string site) => new(site, await app.WithDatabaseAsync(context => Task.FromResult(Of(context.Database.GetDbConnection()))));

    public IReadOnlyList<SentCommand> Commands
    {
        get
        {
            lock (_commands)
                return [.. _commands];
        }
    }

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == DbLoggerCategory.Name)
            _subscriptions.Add(value.Subscribe(this));
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Key != RelationalEventId.CommandExecuted.Name || value.Value is not CommandEventData { Command: var command })
            return;
        var parameters = command.Parameters.Cast<DbParameter>().Select(each => (each.ParameterName, each.Value)).ToArray();
        // Other applications have sites of the same names.
        if (!parameters.Any(each => Equals(each.Value, _site)) || Of(command.Connection!) != _database)
            return;
        lock (_commands)
            _commands.Add(new SentCommand(command.CommandText, parameters, Thread.CurrentThread.IsThreadPoolThread ? null : Thread.CurrentThread.Name));
    }

    static (string, string) Of(DbConnection connection) => (connection.DataSource, connection.Database);

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    public void Dispose() => _subscriptions.ForEach(each => each.Dispose());
}

/// <summary>A command as a database was sent it.</summary>
/// <param name="Text">SQL.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Thread">Where it was sent from; null for a thread of the pool.</param>
public sealed record SentCommand(string Text, IReadOnlyList<(string Name, object? Value)> Parameters, string? Thread)
{
    /// <summary>How the database would run it, one line a step.</summary>
    /// <param name="database">The database.</param>
    /// <param name="cancel">Given up.</param>
    /// <param name="hasFewRows">Keeps PostgreSQL from what is cheaper only because a test has few rows.</param>
    internal async Task<string> PlanAsync(ContentContext database, CancellationToken cancel, bool hasFewRows = true)
    {
        await database.Database.OpenConnectionAsync(cancel);
        if (hasFewRows && database.Database.IsNpgsql())
            await database.Database.ExecuteSqlRawAsync("SET enable_seqscan = off; SET enable_sort = off; SET enable_bitmapscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off", cancel);
        await using var command = database.Database.GetDbConnection().CreateCommand();
#pragma warning disable CA2100 // The product's own command.
        command.CommandText = (database.Database.IsNpgsql() ? "EXPLAIN " : "EXPLAIN QUERY PLAN ") + Text;
#pragma warning restore CA2100
        foreach (var (name, value) in Parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value ?? DBNull.Value);
            command.Parameters.Add(parameter);
        }

        var lines = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            lines.Add(reader.GetString(reader.FieldCount - 1));
        return string.Join('\n', lines);
    }
}
