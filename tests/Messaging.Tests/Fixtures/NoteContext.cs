using Microsoft.EntityFrameworkCore;

namespace PortalServices.Messaging.Tests.Fixtures;

/// <summary>A database of a service that has notes and publishes them.</summary>
public sealed class NoteContext(DbContextOptions<NoteContext> options) : DbContext(options)
{
    public DbSet<Note> Notes => Set<Note>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddMessagingTables();
}

public sealed class Note
{
    public int Id { get; init; }

    public required string Text { get; init; }
}
