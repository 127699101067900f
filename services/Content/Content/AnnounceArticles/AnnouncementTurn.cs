namespace PortalServices.Content.AnnounceArticles;

/// <summary>
/// When all articles of a site are announced again, and who is at it. Instants are milliseconds since 1970 UTC.
/// </summary>
internal sealed class AnnouncementTurn
{
    public required string Site { get; init; }

    /// <summary>When the next turn may begin.</summary>
    public long DueAt { get; set; }

    /// <summary>How often a turn was asked for.</summary>
    public long Requests { get; set; }

    /// <summary>
    /// <see cref="Requests"/> when the last turn began: what was asked for since has missed its beginning, and is
    /// answered by another one.
    /// </summary>
    public long RequestsTaken { get; set; }

    /// <summary>The turn that is under way; null for none.</summary>
    public Guid? Claim { get; set; }

    /// <summary>From when on the claim counts no more, because whoever made it has not renewed it.</summary>
    public long ClaimedUntil { get; set; }
}
