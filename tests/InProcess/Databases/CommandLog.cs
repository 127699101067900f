using System.Data.Common;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace PortalServices.InProcess.Databases;

/// <summary>
/// The commands that the database of an application is sent while this exists and that have a value among their
/// parameters, such as a site.
/// </summary>
public sealed class CommandLog : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private readonly object _value;
    private readonly (string, string) _database;
    private readonly List<SentCommand> _commands = [];
    private readonly List<IDisposable> _subscriptions = [];

    private CommandLog(object value, (string, string) database)
    {
        (_value, _database) = (value, database);
        _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
    }

    /// <summary>Begins to listen.</summary>
    /// <param name="services">The application's.</param>
    /// <param name="value">The value.</param>
    public static async Task<CommandLog> OfAsync<TContext>(IServiceProvider services, object value)
        where TContext : DbContext
    {
        await using var scope = services.CreateAsyncScope();
        return new(value, Of(scope.ServiceProvider.GetRequiredService<TContext>().Database.GetDbConnection()));
    }

    public IReadOnlyList<SentCommand> Commands
    {
        get
        {
            lock (_commands)
            {
                return [.. _commands];
            }
        }
    }

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == DbLoggerCategory.Name)
        {
            _subscriptions.Add(value.Subscribe(this));
        }
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (
            value.Key != RelationalEventId.CommandExecuted.Name
            || value.Value is not CommandEventData { Command: var command }
        )
        {
            return;
        }
        var parameters = command
            .Parameters.Cast<DbParameter>()
            .Select(each => (each.ParameterName, each.Value))
            .ToArray();
        // Other applications have sites of the same names.
        if (!parameters.Any(each => Equals(each.Value, _value)) || Of(command.Connection!) != _database)
        {
            return;
        }
        lock (_commands)
        {
            _commands.Add(
                new SentCommand(
                    command.CommandText,
                    parameters,
                    Thread.CurrentThread.IsThreadPoolThread ? null : Thread.CurrentThread.Name
                )
            );
        }
    }

    private static (string, string) Of(DbConnection connection) => (connection.DataSource, connection.Database);

    public void OnCompleted() { }

    public void OnError(Exception error) { }

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
    public async Task<string> PlanAsync(DbContext database, CancellationToken cancel, bool hasFewRows = true)
    {
        ArgumentNullException.ThrowIfNull(database);
        var isPostgreSql = database.Database.IsNpgsql();
        await database.Database.OpenConnectionAsync(cancel);
        if (hasFewRows && isPostgreSql)
        {
            await database.Database.ExecuteSqlRawAsync(
                "SET enable_seqscan = off; SET enable_sort = off; SET enable_bitmapscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off",
                cancel
            );
        }
        return string.Join(
            '\n',
            await ExplainAsync(
                database,
                isPostgreSql ? "EXPLAIN " : "EXPLAIN QUERY PLAN ",
                reader => reader.GetString(reader.FieldCount - 1),
                cancel
            )
        );
    }

    /// <summary>How PostgreSQL would run it: its tree of nodes.</summary>
    public async Task<JsonElement> TreeAsync(DbContext database, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(database);
        var json = (
            await ExplainAsync(database, "EXPLAIN (FORMAT JSON) ", reader => reader.GetString(0), cancel)
        ).Single();
        using var document = JsonDocument.Parse(json);
        return document.RootElement[0].GetProperty("Plan").Clone();
    }

    private async Task<IReadOnlyList<string>> ExplainAsync(
        DbContext database,
        string explain,
        Func<DbDataReader, string> read,
        CancellationToken cancel
    )
    {
        await database.Database.OpenConnectionAsync(cancel);
        await using var command = database.Database.GetDbConnection().CreateCommand();
#pragma warning disable CA2100 // The product's own command.
        command.CommandText = explain + Text;
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
        {
            lines.Add(read(reader));
        }
        return lines;
    }
}
