using System.Text;
using System.Text.Json;
using PortalServices.LoadTests.History;
using PortalServices.LoadTests.Sending;

namespace PortalServices.LoadTests.Scenarios;

/// <summary>
/// Views: many sites, pages by Zipf's law and pages of their own, visitors who return, and repeats of what was
/// acknowledged.
/// </summary>
internal sealed class ViewCalls(ViewPlan plan, TimeProvider time) : CallKind
{
    /// <summary>The browser of views that are sent again after the run.</summary>
    public const string ResendingBrowser = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0";

    private const ulong PageStream = 1,
        VisitorStream = 2,
        RepeatStream = 3;

    private readonly byte[][] _full =
    [
        .. plan.Sites.Select(site => Encoding.ASCII.GetBytes($"POST /api/sites/{site}/views")),
    ];
    private readonly byte[][] _minimal =
    [
        .. plan.Sites.Select(site => Encoding.ASCII.GetBytes($"POST /api/sites/{site}/views?return=minimal")),
    ];

    public override string Name => "view";

    public override bool Writes => true;

    /// <summary>Which view a call is.</summary>
    public ViewId IdOf(long sequence) => plan.At(sequence, Fraction(sequence, PageStream));

    /// <summary>Whether the view is sent once more when it is acknowledged.</summary>
    public bool IsRepeated(long sequence) => Fraction(sequence, RepeatStream) < plan.Repeats;

    public override void Write(Call call, Authority authority, RequestWriter writer)
    {
        var id = IdOf(call.Sequence);
        // The reply of a page of its own says whether that page counts on its own; of a repeat, whether it was known.
        var isFull = id.HasOwnPage || call.Attempt > 0 || call.Sequence % 4 == 0;
        Begin(
                writer,
                authority,
                (isFull ? _full : _minimal)[id.Site],
                (long)(Mix(call.Sequence, VisitorStream) % (ulong)plan.Visitors)
            )
            .Append("Content-Type: text/plain\r\n"u8)
            .BeginBody();
        WriteBody(writer, id, call.Attempt == 0 ? 0 : (long)time.GetElapsedTime(call.FirstSent).TotalMilliseconds);
        writer.EndBody();
    }

    public override Result Read(Call call, int status, ReadOnlyMemory<byte> body) => ReadReply(status, body.Span);

    internal static void WriteBody(RequestWriter writer, ViewId id, long ageMilliseconds)
    {
        Span<byte> text = stackalloc byte[128];
        writer.Append("{\"page\":\""u8);
        writer.Append(text[..Encoding.ASCII.GetBytes(id.Path, text)]);
        writer.Append("\",\"view\":\""u8);
        writer.Append(text[..Encoding.ASCII.GetBytes(id.ToString(), text)]);
        writer.Append("\",\"age\":"u8);
        writer.Append(ageMilliseconds);
        writer.Append("}"u8);
    }

    /// <summary>What the reply to a view says.</summary>
    internal static Result ReadReply(int status, ReadOnlySpan<byte> body)
    {
        if (status == 204)
        {
            return new Result(Outcome.Acknowledged, status);
        }
        if (status != 200)
        {
            return new Result(OfStatus(status), status);
        }
        try
        {
            return ReadCounted(body) with { Status = status };
        }
        catch (Exception other) when (other is JsonException or InvalidOperationException or FormatException)
        {
            // 200, but not of this product: nothing is known of the view.
            return new Result(Outcome.Broken, status);
        }
    }

    private static Result ReadCounted(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        bool? counted = null;
        string? reason = null;
        var page = -1;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
            {
                continue;
            }
            if (reader.ValueTextEquals("counted"u8))
            {
                reader.Read();
                counted = reader.GetBoolean();
            }
            else if (reader.ValueTextEquals("reason"u8))
            {
                reader.Read();
                reason = reader.GetString();
            }
            else if (reader.ValueTextEquals("page"u8))
            {
                page = PageTotal(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }
        return (counted, reason) switch
        {
            (true, _) => new Result(Outcome.Counted, PageViews: page),
            (false, "duplicate") => new Result(Outcome.Duplicate, PageViews: page),
            (false, not null) => new Result(Outcome.NotCounted),
            _ => throw new JsonException("It does not say whether the view counted."),
        };
    }

    /// <summary>Reads <c>page.views.total</c>; −1 where the page is null.</summary>
    private static int PageTotal(ref Utf8JsonReader reader)
    {
        reader.Read();
        var (depth, total) = (reader.CurrentDepth, -1L);
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return -1;
        }
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (
                reader.TokenType == JsonTokenType.PropertyName
                && reader.CurrentDepth == depth + 2
                && reader.ValueTextEquals("total"u8)
            )
            {
                reader.Read();
                total = reader.GetInt64();
            }
        }
        return (int)Math.Min(total, int.MaxValue);
    }
}
