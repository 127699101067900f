using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace PortalServices.LoadTests.History;

/// <summary>
/// The id of a view that the tool sends: <c>RUN-SITEkPAGE-SEQUENCE</c>, where k is <c>s</c> for a page that many views
/// share and <c>o</c> for one that no other view has. Site and page follow from the id alone, so whoever has the
/// history needs nothing else to check it.
/// </summary>
/// <param name="Run">The run: <see cref="RunLength"/> of a-z and 0-9.</param>
/// <param name="Site">The index of the site among those of the run.</param>
/// <param name="Page">The number of the shared page; null for a page of its own.</param>
/// <param name="Sequence">The view's number in the run, from 0.</param>
internal readonly record struct ViewId(string Run, int Site, int? Page, long Sequence)
{
    public const int RunLength = 8;

    // Always as many digits: of a line that was cut off, no other number is read.
    private const int Digits = 9;
    private const string SequenceFormat = "D9";

    /// <summary>Whether no other view has its page.</summary>
    public bool HasOwnPage => Page is null;

    /// <summary>The page that it is a view of.</summary>
    public string Path => HasOwnPage ? OwnPath(Run, Sequence) : SharedPath(Run, Page!.Value);

    public static string OwnPath(string run, long sequence) =>
        string.Create(CultureInfo.InvariantCulture, $"/load/{run}/o/{sequence}");

    public static string SharedPath(string run, int page) =>
        string.Create(CultureInfo.InvariantCulture, $"/load/{run}/s/{page}");

    /// <summary>A name for a new run.</summary>
    public static string NewRun() => Random.Shared.GetString("abcdefghijklmnopqrstuvwxyz0123456789", RunLength);

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Run}-{Site}{(HasOwnPage ? "o" : "s")}{Page}-{Sequence.ToString(SequenceFormat, CultureInfo.InvariantCulture)}"
        );

    /// <summary>Reads an id of a run; false for anything else.</summary>
    /// <param name="text">The id.</param>
    /// <param name="run">The run that it must be of.</param>
    /// <param name="id">The id read.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, string run, [NotNullWhen(true)] out ViewId? id)
    {
        id = null;
        if (text.Length < RunLength + 5 || text[RunLength] != (byte)'-' || !Equal(text[..RunLength], run))
        {
            return false;
        }
        var rest = text[(RunLength + 1)..];
        if (!Utf8Parser.TryParse(rest, out int site, out var digits) || site < 0 || digits == rest.Length)
        {
            return false;
        }
        var kind = rest[digits];
        rest = rest[(digits + 1)..];
        int? page = null;
        if (kind == (byte)'s' && Utf8Parser.TryParse(rest, out int number, out digits) && number >= 0)
        {
            page = number;
            rest = rest[digits..];
        }
        else if (kind != (byte)'o')
        {
            return false;
        }
        if (
            rest.Length != Digits + 1
            || rest[0] != (byte)'-'
            || !Utf8Parser.TryParse(rest[1..], out long sequence, out digits)
            || digits != Digits
            || sequence < 0
        )
        {
            return false;
        }
        id = new ViewId(run, site, page, sequence);
        return true;
    }

    private static bool Equal(ReadOnlySpan<byte> bytes, string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (bytes[i] != text[i])
            {
                return false;
            }
        }
        return true;
    }
}
