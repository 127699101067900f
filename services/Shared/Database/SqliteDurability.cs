using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace PortalServices.Database;

/// <summary>What SQLite has said to be committed is on disk.</summary>
internal sealed class SqliteDurability : DbConnectionInterceptor
{
    const string Setting = "PRAGMA synchronous = FULL";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Setting;
        command.ExecuteNonQuery();
    }

    public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = Setting;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
