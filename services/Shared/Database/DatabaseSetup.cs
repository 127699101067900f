using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using PortalServices.ServiceDefaults.Health;

namespace PortalServices.Database;

/// <summary>The SQL database of a service.</summary>
public static class DatabaseSetup
{
    /// <summary>
    /// Adds a database: the connection string <c>ConnectionStrings:{name}</c> chooses PostgreSQL or SQLite, and with it
    /// one of two contexts that differ in nothing but their migrations. The tables are brought up to date at the start.
    /// </summary>
    public static WebApplicationBuilder AddDatabase<TContext, TSqlite, TPostgreSql>(
        this WebApplicationBuilder builder,
        string name
    )
        where TContext : DbContext
        where TSqlite : TContext
        where TPostgreSql : TContext
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        var configuration = builder.Configuration;
        services.AddSingleton<DatabaseWrites<TContext>>();
        services.AddDbContext<TSqlite>(
            (provider, options) =>
                options
                    .UseSqlite(SqliteFile.WithTimeout(configuration.GetConnectionString(name)))
                    .AddInterceptors(new SqliteDurability(), provider.GetRequiredService<DatabaseWrites<TContext>>())
        );
        services.AddDbContext<TPostgreSql>(
            (provider, options) =>
                options
                    .UseNpgsql(configuration.GetConnectionString(name))
                    .AddInterceptors(provider.GetRequiredService<DatabaseWrites<TContext>>())
        );
        services.AddSingleton(provider => new DataPlace(
            provider.GetRequiredService<IOptions<DatabaseConnection<TContext>>>().Value
                is { Kind: DatabaseKind.Sqlite, Text: { } text }
                ? SqliteFile.PathIn(text)
                : null
        ));
        services.AddSingleton<IValidateOptions<DatabaseConnection<TContext>>>(
            new ConnectionStringCheck<TContext>($"ConnectionStrings:{name}")
        );
        services
            .AddOptions<DatabaseConnection<TContext>>()
            .Configure(connection => connection.Set(configuration.GetConnectionString(name)))
            .ValidateOnStart();
        services.AddScoped<TContext>(provider =>
            provider.GetRequiredService<IOptions<DatabaseConnection<TContext>>>().Value.Kind switch
            {
                DatabaseKind.PostgreSql => provider.GetRequiredService<TPostgreSql>(),
                _ => provider.GetRequiredService<TSqlite>(),
            }
        );
        services.AddSingleton<DatabaseOutage<TContext>>().AddSingleton<DatabaseThreads<TContext>>();
        services.AddPeriodicWork<DatabaseMigrator<TContext>>();
        services.AddHealthChecks().AddCheck<DatabaseHealth<TContext>>(name + "Database", HealthStatus.Degraded);
        return builder;
    }

    /// <summary>Has the process do a piece of work on a database, from when its tables are there.</summary>
    public static IServiceCollection AddDatabaseWork<TContext, TWork>(this IServiceCollection services)
        where TContext : DbContext
        where TWork : class, IPeriodicWork
    {
        services.TryAddSingleton<TWork>();
        return services.AddPeriodicWork<DatabaseWork<TContext, TWork>>();
    }

    /// <summary>
    /// Adds <see cref="DatabaseErasure{TContext}"/>, for a database that people's data are erased from. Its tables
    /// refer to no <c>rowid</c>, which a rebuild gives anew.
    /// </summary>
    public static IServiceCollection AddDatabaseErasure<TContext>(this IServiceCollection services)
        where TContext : DbContext => services.AddDatabaseWork<TContext, DatabaseErasure<TContext>>();

    /// <summary>
    /// Answers 503 <c>store_unavailable</c> where the database is away or its tables are not there yet.
    /// </summary>
    public static TBuilder NeedsDatabase<TBuilder, TContext>(this TBuilder routes)
        where TBuilder : IEndpointConventionBuilder
        where TContext : DbContext => routes.AddEndpointFilter<TBuilder, DatabaseFilter<TContext>>();
}

/// <summary>As <see cref="DatabaseSetup.NeedsDatabase"/> says.</summary>
internal sealed class DatabaseFilter<TContext>(
    DatabaseMigrator<TContext> start,
    DatabaseOutage<TContext> outage,
    DatabaseThreads<TContext> threads
) : IEndpointFilter
    where TContext : DbContext
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (!start.IsDone)
        {
            return DatabaseFailure.Reply();
        }
        try
        {
            var method = context.HttpContext.Request.Method;
            var reply = await threads.RunAsync(
                () => next(context).AsTask(),
                writes: !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method)
            );
            outage.Ends();
            return reply;
        }
        catch (DatabaseBusyException)
        {
            return DatabaseFailure.Reply("too many requests wait");
        }
        catch (Exception away) when (DatabaseFailure.Is(away))
        {
            outage.Begins(away);
            return DatabaseFailure.Reply();
        }
    }
}

/// <summary>Logs the start and the end of an outage of the database, once each.</summary>
internal sealed partial class DatabaseOutage<TContext>(ILogger<DatabaseOutage<TContext>> logger)
    where TContext : DbContext
{
    private int _isThere;

    public void Begins(Exception failure)
    {
        if (Interlocked.Exchange(ref _isThere, 1) == 0)
        {
            LogAway(failure, typeof(TContext).Name);
        }
    }

    public void Ends()
    {
        if (Volatile.Read(ref _isThere) == 1 && Interlocked.Exchange(ref _isThere, 0) == 1)
        {
            LogBack(typeof(TContext).Name);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The database of {Context} does not answer; requests are answered 503"
    )]
    private partial void LogAway(Exception failure, string context);

    [LoggerMessage(Level = LogLevel.Information, Message = "The database of {Context} answers again")]
    private partial void LogBack(string context);
}

/// <summary>
/// The database. A process without its tables cannot answer, and is not ready before it has seen them once; from then
/// on, a database that is away is told beside it: every other replica misses it, too.
/// </summary>
internal sealed class DatabaseHealth<TContext>(
    IServiceScopeFactory scopes,
    DatabaseMigrator<TContext> start,
    DatabaseWrites<TContext> writes,
    IEnumerable<DatabaseErasure<TContext>> erasures
) : IHealthCheck
    where TContext : DbContext
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        if (!start.IsDone)
        {
            return HealthCheckResult.Unhealthy("The tables are not up to date yet.");
        }
        await using var scope = scopes.CreateAsyncScope();
        if (!await scope.ServiceProvider.GetRequiredService<TContext>().Database.CanConnectAsync(cancellationToken))
        {
            return HealthCheckResult.Degraded("The database does not answer.");
        }
        if (erasures.Select(erasure => erasure.Overdue).FirstOrDefault(overdue => overdue is not null) is { } hindrance)
        {
            return HealthCheckResult.Degraded($"What was erased is still in the files of the database: {hindrance}.");
        }
        return writes.Refusal is { } refusal
            ? HealthCheckResult.Degraded($"The database has refused the last change: {refusal}.")
            : HealthCheckResult.Healthy("The database answers.");
    }
}
