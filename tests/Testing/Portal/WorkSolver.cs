using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace PortalServices.Testing.Portal;

/// <summary>
/// Solves proof-of-work challenges as an ALTCHA widget does: by trying, and by what the protocol says alone.
/// </summary>
public static class WorkSolver
{
    /// <summary>The solution as it is submitted: JSON in Base64.</summary>
    /// <param name="challenge">What the door answered.</param>
    public static string Solve(JsonElement challenge)
    {
        string salt = Text(challenge, "salt"),
            wanted = Text(challenge, "challenge");
        var most = challenge.GetProperty("maxnumber").GetInt64();
        for (var number = 0L; number <= most; number++)
        {
            if (HashOf(salt, number) == wanted)
            {
                return Payload(
                    new
                    {
                        algorithm = Text(challenge, "algorithm"),
                        challenge = wanted,
                        number,
                        salt,
                        signature = Text(challenge, "signature"),
                        took = 12,
                    }
                );
            }
        }

        throw new InvalidOperationException($"No number up to {most} solves it.");
    }

    /// <summary>Something as a widget sends its solution.</summary>
    public static string Payload(object solution) =>
        Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(solution));

    /// <summary>SHA-256 of a salt and a number, in lower-case hexadecimal digits.</summary>
    public static string HashOf(string salt, long number) =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(salt + number.ToString(CultureInfo.InvariantCulture)))
        );

    private static string Text(JsonElement challenge, string name) => challenge.GetProperty(name).GetString()!;
}
