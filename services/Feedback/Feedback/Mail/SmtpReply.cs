using System.Text.RegularExpressions;

namespace PortalServices.Feedback.Mail;

/// <summary>
/// What a mail server says. Its words often repeat the address that they are about; its codes do not.
/// </summary>
internal static partial class SmtpReply
{
    /// <summary>
    /// The reply's codes: of SMTP (RFC 5321), and the enhanced one where the server gives it (RFC 3463); null where
    /// there are none.
    /// </summary>
    public static string? CodesIn(string reply) => Codes().Match(reply) is { Success: true } codes ? codes.Value : null;

    [GeneratedRegex(@"^[245]\d{2}(?=\s|$)(?:\s+[245]\.\d{1,3}\.\d{1,3}(?=\s|$))?", RegexOptions.CultureInvariant)]
    private static partial Regex Codes();
}
