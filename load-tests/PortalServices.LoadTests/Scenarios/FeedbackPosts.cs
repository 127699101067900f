using System.Text;
using PortalServices.LoadTests.Sending;

namespace PortalServices.LoadTests.Scenarios;

/// <summary>
/// Feedback, each under an idempotency key of its own, with a token that the captcha's verifier takes. The target must be
/// set to a verifier that takes it (<c>Captcha:Verifier=SiteVerify</c>); with its own captcha every post is refused.
/// </summary>
internal sealed class FeedbackPosts(string run, IReadOnlyList<string> sites) : CallKind
{
    /// <summary>What answers begin with that the test verifier takes; each is used once.</summary>
    public const string Token = "load-test-";

    private const int Visitors = 5_000;

    private readonly byte[][] _posts =
    [
        .. sites.Select(site => Encoding.ASCII.GetBytes($"POST /api/sites/{site}/feedback")),
    ];
    private readonly byte[] _token = Encoding.ASCII.GetBytes(Token);
    private readonly byte[] _run = Encoding.ASCII.GetBytes(run);

    public override string Name => "feedback";

    public override bool Writes => true;

    public override void Write(Call call, Authority authority, RequestWriter writer)
    {
        Begin(writer, authority, _posts[call.Sequence % _posts.Length], call.Sequence % Visitors)
            .Append("Content-Type: application/json\r\nIdempotency-Key: feedback-"u8)
            .Append(_run)
            .Append("-"u8)
            .Append(call.Sequence)
            .Append("\r\n"u8)
            .BeginBody()
            .Append("{\"fullName\":\"Load test\",\"title\":\"Load test "u8)
            .Append(call.Sequence)
            .Append("\",\"content\":\"Sent by the load test "u8)
            .Append(_run)
            .Append(".\",\"captcha\":{\"id\":\"load-test\",\"answer\":\""u8)
            .Append(_token)
            .Append(_run)
            .Append("-"u8)
            .Append(call.Sequence)
            .Append("\"}}"u8);
        writer.EndBody();
    }
}
