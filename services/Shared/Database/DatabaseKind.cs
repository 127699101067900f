namespace PortalServices.Database;

/// <summary>The databases that the product runs on.</summary>
public enum DatabaseKind
{
    /// <summary>A file of this machine, for one process.</summary>
    Sqlite,

    /// <summary>A server, for any number of replicas.</summary>
    PostgreSql,
}
