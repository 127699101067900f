using System.ComponentModel.DataAnnotations;
using System.Net.Mail;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using PortalServices.ApiDocuments;

namespace PortalServices.Feedback.Submit;

/// <summary>What a visitor sends.</summary>
/// <param name="FullName">One line of plain text.</param>
/// <param name="Title">One line of plain text.</param>
/// <param name="Content">Plain text.</param>
/// <param name="Email">Where the sender is written to; left out for nowhere.</param>
/// <param name="Phone">8 to 15 digits, and what stands between them.</param>
/// <param name="Page">Where the sender is: an http or https address, or a path that begins with <c>/</c>.</param>
/// <param name="Category">The id of one of the site's headings (<c>feedbackCategories</c> of <c>GET
/// /api/sites/{site}</c>); left out for none.</param>
/// <param name="Captcha">The captcha and what was typed, or proof of work; one of <c>answer</c> and <c>work</c> must be
/// there. Of both, both must be right.</param>
/// <param name="Website">Hidden from people, for programs to fill in; must be empty.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record FeedbackInput(
    [Required, PlainText(FeedbackEntry.MaxName), Example("Nguyễn Văn An")] string? FullName = null,
    [Required, PlainText(FeedbackEntry.MaxTitle), Example("Hỏi về học phí")] string? Title = null,
    [Required, PlainText(FeedbackEntry.MaxContent, SeveralLines = true), Example("Trường thu học phí thế nào?")]
        string? Content = null,
    [MaxLength(FeedbackEntry.MaxEmail), Example("an@example.vn")] string? Email = null,
    [MaxLength(FeedbackEntry.MaxPhone), Example("0912 345 678")] string? Phone = null,
    [MaxLength(FeedbackEntry.MaxPage), Example("/tuyen-sinh")] string? Page = null,
    [MaxLength(FeedbackEntry.MaxCategory), Example("hoc-phi")] string? Category = null,
    [Required] CaptchaInput? Captcha = null,
    [MaxLength(0), Example("")] string? Website = null
)
{
    /// <summary>Each text as it is kept.</summary>
    public FeedbackInput Cleaned() =>
        this with
        {
            FullName = FeedbackText.Clean(FullName),
            Title = FeedbackText.Clean(Title),
            Content = FeedbackText.Clean(Content),
            Email = FeedbackText.Clean(Email),
            Phone = FeedbackText.Clean(Phone),
            Page = FeedbackText.Clean(Page),
            Category = FeedbackText.Clean(Category),
        };

    /// <summary>What is wrong, field by field; null when nothing is. For cleaned texts.</summary>
    public IResult? Problem(HttpContext context)
    {
        var mistakes = new FieldErrors(context);
        mistakes.Check(this);
        if (Email is not null && !IsEmail(Email))
        {
            mistakes.Add(
                "email",
                "An e-mail address such as name@example.vn.",
                "Địa chỉ thư điện tử, ví dụ ten@example.vn."
            );
        }
        if (Phone is not null && !IsPhone(Phone))
        {
            mistakes.Add("phone", "8 to 15 digits.", "Gồm 8 đến 15 chữ số.");
        }
        if (Page is not null && !IsPage(Page))
        {
            mistakes.Add(
                "page",
                "An http or https address, or a path that begins with \"/\".",
                "Địa chỉ http hoặc https, hoặc đường dẫn bắt đầu bằng \"/\"."
            );
        }
        CategoryInput.Check(mistakes, Category, context.Site());
        if (string.IsNullOrWhiteSpace(Captcha?.Answer) && string.IsNullOrWhiteSpace(Captcha?.Work))
        {
            mistakes.Add("captcha", "Enter the verification code.", "Vui lòng nhập mã xác nhận.");
        }
        return mistakes.Problem();
    }

    /// <summary>Of all that is kept: the same for the same texts, whatever the captcha was.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var field in new[] { FullName, Title, Content, Email, Phone, Page })
        {
            // The length parts the fields: no text of one can reach into the next.
            hash.AppendData(BitConverter.GetBytes(field?.Length ?? -1));
            hash.AppendData(Encoding.UTF8.GetBytes(field ?? ""));
        }

        // Behind the fields of earlier versions, whose fingerprints are stored.
        if (Category is not null)
        {
            hash.AppendData(BitConverter.GetBytes(Category.Length));
            hash.AppendData(Encoding.UTF8.GetBytes(Category));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // A mail server would take other forms too, but nobody types them into a form.
    private static bool IsEmail(string text) =>
        text.Length <= FeedbackEntry.MaxEmail
        && Ascii.IsValid(text)
        && !text.Any(c => c <= ' ' || "\"\\%()<>,;:[]".Contains(c))
        && MailAddress.TryCreate(text, out var address)
        && address.Address == text
        && address.User.Length <= 64
        && !address.User.StartsWith('.')
        && !address.User.EndsWith('.')
        && IsHost(address.Host);

    // RFC 1123, section 2.1: labels of letters, digits and hyphens, which stand inside only; a name in mail has two at
    // least, of which the last is a word.
    private static bool IsHost(string host)
    {
        var labels = host.Split('.');
        return labels.Length >= 2
            && labels[^1].Length >= 2
            && (labels[^1].All(char.IsAsciiLetter) || labels[^1].StartsWith("xn--", StringComparison.OrdinalIgnoreCase))
            && labels.All(label =>
                label.Length is >= 1 and <= 63
                && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
                && label[0] != '-'
                && label[^1] != '-'
            );
    }

    private static bool IsPhone(string text) =>
        text.Length <= FeedbackEntry.MaxPhone
        && text.All(c => char.IsAsciiDigit(c) || "+-. ()".Contains(c))
        && text.Count(char.IsAsciiDigit) is >= 8 and <= 15;

    private static bool IsPage(string text) =>
        text.Length <= FeedbackEntry.MaxPage
        && !text.Any(char.IsControl)
        && !Uri.UnescapeDataString(text).Contains('\\')
        && (IsPath(text) || IsAddress(text));

    // Slashes may be escaped; a backslash begins an address of another host for browsers, too.
    private static bool IsPath(string text) => text.StartsWith('/') && WebAddress.IsPath(Uri.UnescapeDataString(text));

    // A name before the host only disguises it.
    private static bool IsAddress(string text) =>
        (
            text.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
        )
        && WebAddress.TryParse(text, out var address)
        && address.UserInfo.Length == 0;
}

/// <summary>A challenge and its answer, or proof of work, or both.</summary>
/// <param name="Id">The captcha's id; another service's verification needs none.</param>
/// <param name="Answer">What was typed, in any case, with spaces anywhere; or the token of another service.</param>
/// <param name="Work">The solution of a challenge of <c>captchas/work</c>, once: the JSON <c>{algorithm, challenge,
/// number, salt, signature}</c> in Base64, as an ALTCHA widget sends it.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CaptchaInput(
    [Example(CaptchaEndpoints.AnId)] string? Id = null,
    [Example(CaptchaInput.AnAnswer)] string? Answer = null,
    [MaxLength(WorkChallenges.MaxCharacters), Example(CaptchaInput.ASolution)] string? Work = null
)
{
    /// <summary>Examples.</summary>
    public const string AnAnswer = "7HM4TW",
        ASolution = "eyJhbGdvcml0aG0iOiJTSEEtMjU2IiwibnVtYmVyIjo0MjE3fQ==";
}
