namespace PortalServices.Model.Tests.Model;

/// <summary>Shown views around a change: of the site's day, of the site, of the page.</summary>
internal sealed record AuditNumbers(long? Day, long? Total, long? Page);

/// <summary>An entry of the audit, as the API tells it.</summary>
internal sealed record AuditItem(long Number, string Kind, string Id, string Who, DateTimeOffset At)
{
    public string? Of { get; init; }

    public string? Reason { get; init; }

    public string? Page { get; init; }

    public DateOnly? Day { get; init; }

    public long? Change { get; init; }

    public long? Total { get; init; }

    public long? Week { get; init; }

    public long? Today { get; init; }

    public AuditNumbers? Before { get; init; }

    public AuditNumbers? After { get; init; }

    public bool Undone { get; init; }
}
