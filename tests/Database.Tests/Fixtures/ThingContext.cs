using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace PortalServices.Database.Tests.Fixtures;

/// <summary>A database of a service that keeps things by their names, and parts of things.</summary>
public abstract class ThingContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<Thing> Things => Set<Thing>();

    public DbSet<Part> Parts => Set<Part>();

    // Its migrations are written by hand, without the snapshot that would be compared with the model.
    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) =>
        optionsBuilder.ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning));

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Thing>().HasKey(thing => thing.Name);
        modelBuilder.Entity<Part>().HasKey(part => part.Name);
        modelBuilder.Entity<Part>().HasOne<Thing>().WithMany().HasForeignKey(part => part.Of);
    }
}

public sealed class SqliteThings(DbContextOptions<SqliteThings> options) : ThingContext(options);

public sealed class PostgreSqlThings(DbContextOptions<PostgreSqlThings> options) : ThingContext(options);

public sealed record Thing(string Name);

public sealed record Part(string Name, string Of);
