using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;

namespace PortalServices.Feedback.Captcha;

/// <summary>
/// Asks a verifier elsewhere, by the protocol that Turnstile, hCaptcha and reCAPTCHA share: POST of <c>secret</c>,
/// <c>response</c> and <c>remoteip</c>, answered by <c>{success, hostname, error-codes}</c>
/// (https://developers.cloudflare.com/turnstile/get-started/server-side-validation/,
/// https://docs.hcaptcha.com/#verify-the-user-response-server-side,
/// https://developers.google.com/recaptcha/docs/verify). It fails closed: whatever is not a clear yes is none.
/// </summary>
internal sealed partial class SiteVerifyVerifier(
    HttpClient client,
    IOptions<CaptchaOptions> options,
    TimeProvider time,
    ILogger<SiteVerifyVerifier> logger
) : ICaptchaVerifier
{
    // As Turnstile has it; the others' tokens are shorter.
    private const int MaxTokenCharacters = 2_048;
    private const int MaxReplyBytes = 64 * 1024;

    // Longer than any token is good for (minutes).
    private static readonly TimeSpan Remembered = TimeSpan.FromHours(1);

    // These say that this portal asks wrongly or that the verifier is in trouble: the visitor's answer may be right.
    private static readonly string[] NotTheVisitors =
    [
        "missing-input-secret",
        "invalid-input-secret",
        "bad-request",
        "internal-error",
        "sitekey-secret-mismatch",
    ];

    public async Task<CaptchaVerdict> VerifyAsync(string? id, string? answer, string? address, CancellationToken cancel)
    {
        var token = string.IsNullOrEmpty(answer) ? id : answer;
        if (string.IsNullOrEmpty(token) || token.Length > MaxTokenCharacters)
        {
            return new(CaptchaOutcome.Unknown);
        }
        Reply? reply;
        try
        {
            reply = await AskAsync(token, address, cancel);
        }
        catch (Exception away)
            when (away is HttpRequestException or JsonException or IOException
                || (away is OperationCanceledException && !cancel.IsCancellationRequested)
            )
        {
            LogAway(away.Message);
            return new(CaptchaOutcome.Unavailable);
        }

        var errors = reply?.ErrorCodes ?? [];
        if (reply?.Success is not { } success || errors.Any(NotTheVisitors.Contains))
        {
            LogAway(string.Join(", ", errors));
            return new(CaptchaOutcome.Unavailable);
        }

        if (!success)
        {
            return new(errors.Contains("timeout-or-duplicate") ? CaptchaOutcome.Expired : CaptchaOutcome.Wrong);
        }
        var hosts = options.Value.SiteVerifyHostnames;
        if (hosts.Count > 0 && !hosts.Contains(reply.Hostname ?? "", StringComparer.OrdinalIgnoreCase))
        {
            LogForeign(reply.Hostname);
            return new(CaptchaOutcome.Wrong);
        }

        return new(
            CaptchaOutcome.Right,
            new UsedCaptcha
            {
                Challenge = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token))),
                ExpiresAt = (time.GetUtcNow() + Remembered).ToUnixTimeMilliseconds(),
            }
        );
    }

    private async Task<Reply?> AskAsync(string token, string? address, CancellationToken cancel)
    {
        using var timeout = new CancellationTokenSource(options.Value.SiteVerifyTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancel);
        var fields = new List<KeyValuePair<string, string>>
        {
            new("secret", options.Value.SiteVerifySecret!),
            new("response", token),
        };
        if (address is not null)
        {
            fields.Add(new("remoteip", address));
        }
        using var form = new FormUrlEncodedContent(fields);
        using var message = new HttpRequestMessage(HttpMethod.Post, options.Value.SiteVerifyUrl) { Content = form };
        using var response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token);
        // hCaptcha and Turnstile tell of errors with 400 and a reply like any other; what is none does not read as
        // JSON.
        if ((int)response.StatusCode >= 500)
        {
            throw Answered(response);
        }
        // Fails on a longer one, also where its length is not told.
        await response.Content.LoadIntoBufferAsync(MaxReplyBytes, either.Token);
        await using var body = await response.Content.ReadAsStreamAsync(either.Token);
        var reply = await JsonSerializer.DeserializeAsync<Reply>(body, JsonSerializerOptions.Web, either.Token);
        return reply?.Success == true && !response.IsSuccessStatusCode ? throw Answered(response) : reply;
    }

    private static HttpRequestException Answered(HttpResponseMessage response) =>
        new($"The verifier answered {(int)response.StatusCode}.");

    private sealed record Reply(
        bool? Success = null,
        string? Hostname = null,
        [property: JsonPropertyName("error-codes")] IReadOnlyList<string>? ErrorCodes = null
    );

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The verifier of captchas cannot be asked, and no feedback is taken: {Why}"
    )]
    private partial void LogAway(string why);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "A captcha was solved on {Hostname}, which is none of Captcha:SiteVerifyHostnames"
    )]
    private partial void LogForeign(string? hostname);
}
