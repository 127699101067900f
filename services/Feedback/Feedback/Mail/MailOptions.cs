using System.ComponentModel.DataAnnotations;
using MimeKit;

namespace PortalServices.Feedback.Mail;

/// <summary>How the connection to the mail server is kept private.</summary>
public enum MailSecurity
{
    /// <summary>Begins in the clear and goes on in TLS; no mail is sent without.</summary>
    StartTls,

    /// <summary>TLS from the first byte.</summary>
    Tls,

    /// <summary>In TLS where the server offers it.</summary>
    StartTlsWhenOffered,

    /// <summary>In the clear: for a server on the same machine.</summary>
    None,
}

/// <summary>An operator who is written to.</summary>
public sealed class OperatorMailbox
{
    /// <summary>An e-mail address.</summary>
    public string Address { get; set; } = "";

    /// <summary>The sites whose feedback it is about; none or <c>*</c> is all.</summary>
    public IList<string> Sites { get; } = [];

    internal bool Covers(string site) => Sites.Count == 0 || Sites.Contains("*") || Sites.Contains(site);
}

/// <summary>Settings of mail, section <c>Mail</c>.</summary>
public sealed class MailOptions : IValidatableObject
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Mail";

    /// <summary>The mail server (SMTP); without one nobody is written to.</summary>
    public string? Host { get; set; }

    /// <summary>
    /// Its port: 587 for submission (RFC 6409), 465 with <see cref="MailSecurity.Tls"/>, 25 for a relay.
    /// </summary>
    [Range(1, 65_535)]
    public int Port { get; set; } = 587;

    /// <summary>How the connection is kept private.</summary>
    public MailSecurity Security { get; set; }

    /// <summary>The account at the server; without one it is not logged in to.</summary>
    public string? UserName { get; set; }

    /// <summary>The account's password.</summary>
    public string? Password { get; set; }

    /// <summary>The address that mails come from; the site's name is put before it.</summary>
    public string? From { get; set; }

    /// <summary>Where replies go; null for <see cref="From"/>.</summary>
    public string? ReplyTo { get; set; }

    /// <summary>The operators who are told of what has come and of what is due.</summary>
    public IList<OperatorMailbox> Operators { get; } = [];

    /// <summary>
    /// The portal's public address, for the link to a receipt where a site's <c>receiptPage</c> is a path; without one
    /// such mails have no link.
    /// </summary>
    public Uri? PublicUrl { get; set; }

    /// <summary>
    /// How many working days before the day until which feedback is to be answered its operators are reminded.
    /// </summary>
    [Range(0, 60)]
    public int RemindWorkingDaysBefore { get; set; } = 2;

    /// <summary>Since when in a day, by the site's clock, operators are reminded.</summary>
    public TimeOnly RemindFrom { get; set; } = new(7, 0);

    /// <summary>
    /// Receipts to one address on one day (UTC), of all sites together: whoever types the address of somebody else into
    /// many forms floods nobody's mailbox.
    /// </summary>
    [Range(1, 1_000)]
    public int MaxReceiptsPerRecipientAndDay { get; set; } = 5;

    /// <summary>How long the server may take for one mail.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The wait after a first failure; each further one is twice as long.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest wait after a failure.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan LongestRetry { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>When a mail that could not be sent is given up (RFC 5321, 4.5.4.1: at least 4 to 5 days).</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromDays(5);

    /// <summary>How often the table of waiting mails is looked into.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan PollEvery { get; set; } = TimeSpan.FromSeconds(1);

    internal bool IsOn => !string.IsNullOrWhiteSpace(Host);

    /// <summary>The operators who are written to about a site, each once.</summary>
    internal IReadOnlyList<string> OperatorsOf(string site) =>
        [
            .. Operators
                .Where(each => each.Covers(site))
                .Select(each => each.Address)
                .Distinct(StringComparer.OrdinalIgnoreCase),
        ];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsOn)
        {
            yield break;
        }
        if (!IsAddress(From))
        {
            yield return new ValidationResult("an e-mail address, such as gopy@example.vn", [nameof(From)]);
        }
        if (ReplyTo is not null && !IsAddress(ReplyTo))
        {
            yield return new ValidationResult("an e-mail address", [nameof(ReplyTo)]);
        }
        if (string.IsNullOrEmpty(UserName) != string.IsNullOrEmpty(Password))
        {
            yield return new ValidationResult("both, or neither", [nameof(UserName), nameof(Password)]);
        }
        if (PublicUrl is not null and not { IsAbsoluteUri: true, Scheme: "https" or "http" })
        {
            yield return new ValidationResult("a full address, such as https://portal.example.vn", [nameof(PublicUrl)]);
        }
        for (var i = 0; i < Operators.Count; i++)
        {
            if (!IsAddress(Operators[i].Address))
            {
                yield return new ValidationResult(
                    "an e-mail address",
                    [$"{nameof(Operators)}:{i}:{nameof(OperatorMailbox.Address)}"]
                );
            }
            if (Operators[i].Sites.Any(string.IsNullOrWhiteSpace))
            {
                yield return new ValidationResult(
                    "ids of sites, or *",
                    [$"{nameof(Operators)}:{i}:{nameof(OperatorMailbox.Sites)}"]
                );
            }
        }
    }

    private static bool IsAddress(string? text) =>
        text is { Length: <= 254 }
        && MailboxAddress.TryParse(text, out var address)
        && address.Address == text
        && text.Contains('@')
        && !text.Any(char.IsControl);
}
