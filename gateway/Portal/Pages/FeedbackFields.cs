namespace PortalServices.Portal.Pages;

/// <summary>What stands in the form, and what is wrong with it.</summary>
public sealed record FeedbackFields
{
    public string FullName { get; init; } = "";

    public string Email { get; init; } = "";

    public string Phone { get; init; } = "";

    public string Title { get; init; } = "";

    public string Content { get; init; } = "";

    public string Category { get; init; } = "";

    /// <summary>Where the sender was before.</summary>
    public string Page { get; init; } = "";

    /// <summary>Null before the first step: a code is made when there is something to send.</summary>
    public string? CaptchaId { get; init; }

    public string CaptchaAnswer { get; init; } = "";

    /// <summary>The same as long as the same form is sent.</summary>
    public string IdempotencyKey { get; init; } = "";

    /// <summary>By the name of the field.</summary>
    public IReadOnlyDictionary<string, string> Errors { get; init; } = new Dictionary<string, string>();
}
