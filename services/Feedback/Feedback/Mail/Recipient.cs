namespace PortalServices.Feedback.Mail;

/// <summary>Who is behind an e-mail address: the same for the forms of an address that lead to one mailbox.</summary>
internal static class Recipient
{
    private static readonly string[] IgnoreDots = ["gmail.com", "googlemail.com"];

    /// <summary>
    /// In small letters, without a tag behind <c>+</c> (RFC 5233, subaddressing) and, at the one large service that
    /// ignores them, without dots; null for no address.
    /// </summary>
    public static string? Of(string? email)
    {
        if (email is null)
        {
            return null;
        }
        var at = email.LastIndexOf('@');
        var (local, host) = (email[..at].ToLowerInvariant(), email[(at + 1)..].ToLowerInvariant());
        if (local.IndexOf('+', StringComparison.Ordinal) is > 0 and var tag)
        {
            local = local[..tag];
        }
        if (IgnoreDots.Contains(host))
        {
            (local, host) = (local.Replace(".", "", StringComparison.Ordinal), IgnoreDots[0]);
        }
        return $"{local}@{host}";
    }
}
