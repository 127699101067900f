using System.Collections.Frozen;
using System.Globalization;
using SkiaSharp;

namespace PortalServices.Feedback.Captcha;

/// <summary>One way to write a character: the lines that a pen follows, 100 high, y downwards. A server may have no fonts, so these are the product's own.</summary>
internal sealed class GlyphShape
{
    /// <summary>The height of every shape.</summary>
    public const float Height = 100;

    /// <summary>Points along a line are about so far apart.</summary>
    const float Spacing = 4;

    static readonly FrozenDictionary<char, GlyphShape[]> Shapes = new Dictionary<char, string[]>
    {
        ['0'] =
        [
            "M35 0 C58 0 68 24 68 50 C68 76 58 100 35 100 C12 100 2 76 2 50 C2 24 12 0 35 0",
            "M40 0 C60 0 66 14 66 34 L64 66 C63 88 54 100 32 100 C12 100 4 88 5 68 L8 34 C9 12 20 0 40 0",
        ],
        ['2'] =
        [
            "M4 26 C4 8 18 0 34 0 C54 0 66 10 66 28 C66 52 24 70 4 100 L68 100",
            "M8 18 C14 4 24 0 36 0 C56 0 64 12 62 30 C60 54 20 76 6 98 C26 92 44 104 68 96",
        ],
        ['3'] =
        [
            "M5 16 C12 4 24 0 35 0 C54 0 64 10 64 24 C64 40 50 48 30 48 C54 48 67 58 67 73 C67 90 52 100 34 100 C20 100 8 94 2 82",
            "M6 0 L64 0 L30 38 C54 36 68 50 68 68 C68 88 52 100 34 100 C20 100 8 94 2 84",
        ],
        ['4'] =
        [
            "M52 100 L52 0 L2 70 L70 70",
            "M46 100 L54 0 C42 24 26 48 2 72 L70 66",
        ],
        ['6'] =
        [
            "M60 8 C52 0 44 0 38 0 C16 0 4 26 4 60 C4 86 18 100 36 100 C54 100 66 88 66 70 C66 52 54 42 38 42 C22 42 6 52 4 68",
            "M52 0 C28 12 4 40 4 68 C4 88 18 100 36 100 C54 100 66 88 66 70 C66 52 54 42 38 42 C22 42 8 52 5 66",
        ],
        ['7'] =
        [
            "M2 0 L68 0 L24 100",
            "M2 16 L6 2 L66 0 C48 34 34 64 30 100",
        ],
        ['9'] =
        [
            "M10 92 C18 100 26 100 32 100 C54 100 66 74 66 40 C66 14 52 0 34 0 C16 0 4 12 4 30 C4 48 16 58 32 58 C48 58 64 48 66 32",
            "M64 30 C62 48 48 58 32 58 C16 58 4 48 4 30 C4 12 16 0 34 0 C52 0 64 10 64 30 L62 100",
        ],
        ['F'] =
        [
            "M10 100 L10 0 L66 0 M10 46 L54 46",
            "M14 100 C8 66 8 34 12 2 C30 -2 46 6 68 0 M10 48 C26 44 40 52 56 46",
        ],
        ['H'] =
        [
            "M6 0 L6 100 M64 0 L64 100 M6 48 L64 48",
            "M10 0 C4 34 4 66 8 100 M62 0 C66 34 66 66 62 100 M6 52 C26 44 44 56 65 46",
        ],
        ['J'] =
        [
            "M22 0 L66 0 M46 0 L46 72 C46 90 38 100 24 100 C12 100 4 90 2 76",
            "M24 4 C36 -2 50 4 64 0 M50 2 C54 30 54 54 48 78 C42 104 8 106 2 78",
        ],
        ['M'] =
        [
            "M4 100 L8 0 L42 66 L76 0 L80 100",
            "M2 100 L14 0 C24 20 34 42 42 72 C50 42 58 20 70 0 L82 100",
        ],
        ['R'] =
        [
            "M8 100 L8 0 L38 0 C56 0 64 10 64 27 C64 44 54 54 38 54 L8 54 M36 54 L68 100",
            "M10 100 C6 66 6 34 10 0 M4 4 C30 -4 66 -2 64 26 C62 50 36 54 12 54 C36 58 50 78 68 100",
        ],
        ['T'] =
        [
            "M2 0 L70 0 M36 0 L36 100",
            "M0 6 C18 -2 50 8 72 0 M38 4 C32 34 34 66 36 100",
        ],
        ['W'] =
        [
            "M2 0 L20 100 L44 28 L68 100 L86 0",
            "M2 0 C6 40 12 70 22 100 C32 76 38 52 44 22 C50 52 58 76 66 100 C76 70 82 40 86 0",
        ],
        ['Y'] =
        [
            "M2 0 L36 50 L70 0 M36 50 L36 100",
            "M4 0 C12 26 24 42 36 52 C50 42 60 26 68 0 M36 52 C32 70 36 84 34 100",
        ],
    }.ToFrozenDictionary(each => each.Key, each => each.Value.Select(lines => new GlyphShape(lines)).ToArray());

    GlyphShape(string lines) => Lines = Parse(lines);

    /// <summary>Each line as points close to each other.</summary>
    public IReadOnlyList<SKPoint[]> Lines { get; }

    /// <summary>The ways to write a character.</summary>
    public static IReadOnlyList<GlyphShape> Of(char character) =>
        Shapes.TryGetValue(character, out var shapes) ? shapes : throw new ArgumentException("Not a character of answers.", nameof(character));

    // M x y starts a line; L x y goes straight; C x1 y1 x2 y2 x y is a Bézier curve: a part of the path data of SVG.
    static List<SKPoint[]> Parse(string text)
    {
        var lines = new List<SKPoint[]>();
        var points = new List<SKPoint>();
        var words = text.Split(' ');
        for (var at = 0; at < words.Length;)
        {
            var command = words[at][0];
            words[at] = words[at][1..];
            switch (command)
            {
                case 'M':
                    if (points.Count > 0)
                        lines.Add([.. points]);
                    points = [Read()];
                    break;
                case 'L':
                    Straight(points, Read());
                    break;
                case 'C':
                    Curve(points, Read(), Read(), Read());
                    break;
                default:
                    throw new FormatException(text);
            }

            SKPoint Read() => new(float.Parse(words[at++], CultureInfo.InvariantCulture), float.Parse(words[at++], CultureInfo.InvariantCulture));
        }

        lines.Add([.. points]);
        return lines;
    }

    static void Straight(List<SKPoint> points, SKPoint to)
    {
        var from = points[^1];
        var steps = Steps(SKPoint.Distance(from, to));
        for (var step = 1; step <= steps; step++)
            points.Add(new(from.X + ((to.X - from.X) * step / steps), from.Y + ((to.Y - from.Y) * step / steps)));
    }

    /// <summary>Appends a cubic Bézier curve, as points, to a line.</summary>
    public static void Curve(List<SKPoint> points, SKPoint first, SKPoint second, SKPoint to)
    {
        var from = points[^1];
        var steps = Steps(SKPoint.Distance(from, first) + SKPoint.Distance(first, second) + SKPoint.Distance(second, to));
        for (var step = 1; step <= steps; step++)
        {
            var t = (float)step / steps;
            var u = 1 - t;
            float a = u * u * u, b = 3 * u * u * t, c = 3 * u * t * t, d = t * t * t;
            points.Add(new((a * from.X) + (b * first.X) + (c * second.X) + (d * to.X), (a * from.Y) + (b * first.Y) + (c * second.Y) + (d * to.Y)));
        }
    }

    static int Steps(float length) => Math.Max(1, (int)(length / Spacing));
}
