using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace PortalServices.Content.Search;

/// <summary>
/// Keeps the order of the joins in a command that has <see cref="Tag"/>: SQLite never reorders around CROSS JOIN, which
/// takes a condition like any other join (https://www.sqlite.org/optoverview.html, section 7.2), and the framework has
/// no word for it.
/// </summary>
internal sealed class JoinOrderInterceptor : DbCommandInterceptor
{
    public const string Tag = "Joined in this order.";

    public override InterceptionResult<DbDataReader> ReaderExecuting(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<DbDataReader> result
    )
    {
        Keep(command);
        return result;
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<DbDataReader> result,
        CancellationToken cancellationToken = default
    )
    {
        Keep(command);
        return ValueTask.FromResult(result);
    }

    private static void Keep(DbCommand command)
    {
#pragma warning disable CA2100 // The same command; what a visitor typed is in its parameters.
        if (command.CommandText.StartsWith($"-- {Tag}", StringComparison.Ordinal))
        {
            command.CommandText = command.CommandText.Replace("INNER JOIN", "CROSS JOIN", StringComparison.Ordinal);
        }
#pragma warning restore CA2100
    }
}
