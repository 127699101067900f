using System.Buffers.Text;
using System.Net;
using System.Text;
using Microsoft.Extensions.Options;
using PortalServices.Testing.Portal;

namespace PortalServices.Feedback.Tests.Captcha;

/// <summary>
/// Proof of work by ALTCHA's protocol, without a door: what a challenge says, and which solutions are one.
/// </summary>
public sealed class WorkChallengeTests
{
    private const int Cost = 1_000;

    private static readonly CaptchaSecret Secret = new(new byte[CaptchaSecret.Size]);
    private static readonly DateTimeOffset Morning = new(2026, 6, 8, 2, 0, 0, TimeSpan.Zero);

    private readonly SetClock _clock = new(Morning);
    private readonly WorkChallenges _challenges;

    public WorkChallengeTests() => _challenges = new WorkChallenges(Options.Create(new CaptchaOptions()), _clock);

    [Fact]
    public void A_challenge_is_what_the_protocol_says()
    {
        var challenge = Issue();
        Assert.Equal(("SHA-256", Cost), (challenge.Algorithm, challenge.MaxNumber));
        Assert.Matches("^[0-9a-f]{24}\\?expires=1780884180&site=sonla&cost=1000&$", challenge.Salt);
        Assert.Matches("^[0-9a-f]{64}$", challenge.Challenge);
        Assert.Equal(Secret.Sign(challenge.Challenge), challenge.Signature);
        Assert.InRange(NumberOf(challenge), 0, Cost);
        Assert.NotEqual(challenge.Salt, Issue().Salt);
    }

    [Fact]
    public void Its_solution_is_right_until_it_expires_at_its_site_alone()
    {
        var challenge = Issue();
        var solution = Solution(challenge);
        var right = Verify(solution);
        Assert.Equal(
            (
                CaptchaOutcome.Right,
                WorkChallenges.UsedPrefix + Base64Url.EncodeToString(Convert.FromHexString(challenge.Challenge)),
                Morning.AddMinutes(3).ToUnixTimeMilliseconds()
            ),
            (right.Outcome, right.Used!.Challenge, right.Used.ExpiresAt)
        );
        Assert.Equal(CaptchaOutcome.Unknown, Verify(solution, site: "sonla2").Outcome);
        _clock.Now = Morning.AddMinutes(3).AddMilliseconds(-1);
        Assert.Equal(CaptchaOutcome.Right, Verify(solution).Outcome);
        _clock.Now = Morning.AddMinutes(3);
        Assert.Equal(CaptchaOutcome.Expired, Verify(solution).Outcome);
    }

    [Fact]
    public void It_may_cost_half_of_what_is_required_by_now_and_no_less()
    {
        var solution = Solution(Issue());
        Assert.Equal(CaptchaOutcome.Right, Verify(solution, required: 2 * Cost).Outcome);
        Assert.Equal(CaptchaOutcome.TooCheap, Verify(solution, required: (2 * Cost) + 1).Outcome);
    }

    /// <summary>
    /// The attack of ALTCHA's advisory of December 2025: digits of the number become the end of the salt, whose hash
    /// stays the same.
    /// </summary>
    [Fact]
    public void No_digit_moves_between_the_salt_and_the_number()
    {
        for (var tried = 0; tried < 20; tried++)
        {
            var challenge = Issue();
            var number = NumberOf(challenge).ToString(System.Globalization.CultureInfo.InvariantCulture);
            for (var moved = 1; moved < number.Length; moved++)
            {
                var rest = number[moved..];
                if (rest[0] == '0' && rest.Length > 1)
                {
                    continue;
                }
                Assert.Equal(
                    CaptchaOutcome.Unknown,
                    Verify(
                        Solution(
                            challenge with
                            {
                                Salt = challenge.Salt + number[..moved],
                            },
                            long.Parse(rest, System.Globalization.CultureInfo.InvariantCulture)
                        )
                    ).Outcome
                );
            }

            // Nor the other way: the cost, moved behind.
            var salt = challenge.Salt[..^1];
            Assert.NotEqual(
                CaptchaOutcome.Right,
                Verify(Solution(challenge with { Salt = salt }, NumberOf(challenge))).Outcome
            );
        }
    }

    [Fact]
    public void What_was_changed_is_none()
    {
        var challenge = Issue();
        var number = NumberOf(challenge);
        foreach (
            var (changed, outcome) in new (WorkChallenge, CaptchaOutcome)[]
            {
                (
                    challenge with
                    {
                        Salt = challenge.Salt.Replace("cost=1000", "cost=9999", StringComparison.Ordinal),
                    },
                    CaptchaOutcome.Wrong
                ),
                (
                    challenge with
                    {
                        Salt = challenge.Salt.Replace("expires=1", "expires=2", StringComparison.Ordinal),
                    },
                    CaptchaOutcome.Wrong
                ),
                (challenge with { Salt = challenge.Salt + "cost=9999&" }, CaptchaOutcome.Wrong),
                (challenge with { Salt = "" }, CaptchaOutcome.Wrong),
                (challenge with { Signature = new('0', 64) }, CaptchaOutcome.Unknown),
                (challenge with { Signature = challenge.Signature.ToUpperInvariant() }, CaptchaOutcome.Unknown),
                (challenge with { Signature = "" }, CaptchaOutcome.Unknown),
                (challenge with { Challenge = challenge.Challenge.ToUpperInvariant() }, CaptchaOutcome.Unknown),
                (challenge with { Challenge = WorkChallenges.HashOf("x", 1) }, CaptchaOutcome.Unknown),
                (challenge with { Algorithm = "SHA-1" }, CaptchaOutcome.Unknown),
                (challenge with { Algorithm = "sha-256" }, CaptchaOutcome.Unknown),
            }
        )
        {
            Assert.Equal((changed, outcome), (changed, Verify(Solution(changed, number)).Outcome));
        }
        Assert.Equal(CaptchaOutcome.Wrong, Verify(Solution(challenge, number + 1)).Outcome);
        Assert.Equal(CaptchaOutcome.Wrong, Verify(Solution(challenge, -1)).Outcome);
        // One that another portal signed.
        var foreign = _challenges.Issue(
            new CaptchaSecret([.. Enumerable.Repeat((byte)1, CaptchaSecret.Size)]),
            "sonla",
            Cost
        );
        Assert.Equal(CaptchaOutcome.Unknown, Verify(Solution(foreign)).Outcome);
    }

    [Fact]
    public void What_is_no_solution_at_all_is_unknown()
    {
        var right = Encoding.UTF8.GetString(Convert.FromBase64String(Solution(Issue())));
        string[] texts =
        [
            "",
            "null",
            "[]",
            "{}",
            "1",
            "\"x\"",
            right[..^1],
            right + "x",
            "[" + right + "]",
            right.Replace("\"number\":", "\"number\":1.5,\"x\":", StringComparison.Ordinal),
            right.Replace("\"number\":", "\"number\":\"1\",\"x\":", StringComparison.Ordinal),
            right.Replace("\"number\":", "\"number\":99999999999999999999,\"x\":", StringComparison.Ordinal),
            right.Replace("\"salt\":\"", "\"salt\":\"\\ud800", StringComparison.Ordinal),
            right.Replace("\"salt\"", "\"salt\":\"x\",\"salt\"", StringComparison.Ordinal),
            new string('[', 500),
            "\0",
        ];
        foreach (var text in texts)
        {
            Assert.Equal(
                (text, CaptchaOutcome.Unknown),
                (text, Verify(Convert.ToBase64String(Encoding.UTF8.GetBytes(text))).Outcome)
            );
        }
        foreach (
            var text in new[] { "%%%", right, "ab", "====", new string('A', WorkChallenges.MaxCharacters), "\ud800" }
        )
        {
            Assert.Equal((text, CaptchaOutcome.Unknown), (text, Verify(text).Outcome));
        }

        // As long as any that is looked at, and then longer.
        var padded = Convert.ToBase64String(
            Encoding.UTF8.GetBytes(right + new string(' ', (WorkChallenges.MaxCharacters / 4 * 3) - right.Length))
        );
        Assert.Equal(WorkChallenges.MaxCharacters, padded.Length);
        Assert.Equal(CaptchaOutcome.Right, Verify(padded).Outcome);
        Assert.Equal(CaptchaOutcome.Unknown, Verify(padded + "    ").Outcome);
    }

    [Fact]
    public void An_address_is_kept_as_a_hash_that_another_key_makes_otherwise()
    {
        string Hash(string address, CaptchaSecret? secret = null) =>
            (secret ?? Secret).HashOf(IPAddress.Parse(address))!;
        Assert.Matches("^[0-9a-f]{32}$", Hash("203.0.113.7"));
        Assert.Equal(Hash("203.0.113.7"), Hash("203.0.113.7"));
        Assert.NotEqual(Hash("203.0.113.7"), Hash("203.0.113.8"));
        Assert.NotEqual(
            Hash("203.0.113.7"),
            Hash("203.0.113.7", new CaptchaSecret([.. Enumerable.Repeat((byte)1, CaptchaSecret.Size)]))
        );
        // Whoever has a network of 64 bits is one client.
        Assert.Equal(Hash("2001:db8:1:2:3::4"), Hash("2001:db8:1:2::1"));
        Assert.NotEqual(Hash("2001:db8:1:2:3::4"), Hash("2001:db8:1:3:3::4"));
        Assert.Null(Secret.HashOf(null));
    }

    private WorkChallenge Issue() => _challenges.Issue(Secret, "sonla", Cost);

    private CaptchaVerdict Verify(string solution, string site = "sonla", int required = Cost) =>
        _challenges.Verify(Secret, solution, site, required);

    private static long NumberOf(WorkChallenge challenge) =>
        Enumerable
            .Range(0, challenge.MaxNumber + 1)
            .First(number => WorkSolver.HashOf(challenge.Salt, number) == challenge.Challenge);

    private static string Solution(WorkChallenge challenge, long? number = null) =>
        WorkSolver.Payload(
            new
            {
                algorithm = challenge.Algorithm,
                challenge = challenge.Challenge,
                number = number ?? NumberOf(challenge),
                salt = challenge.Salt,
                signature = challenge.Signature,
                took = 12,
            }
        );
}
