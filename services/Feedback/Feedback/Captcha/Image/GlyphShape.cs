using System.Collections.Frozen;
using System.Globalization;
using SkiaSharp;

namespace PortalServices.Feedback.Captcha.Image;

/// <summary>
/// One way to write a character: the lines that a pen follows, 100 high, y downwards. A server may have no fonts, so
/// these are the product's own.
/// </summary>
internal sealed class GlyphShape
{
    /// <summary>The height of every shape.</summary>
    public const float Height = 100;

    /// <summary>Points along a line are about so far apart.</summary>
    private const float Spacing = 4;

    private static readonly FrozenDictionary<char, GlyphShape[]> Shapes = new Dictionary<char, string[]>
    {
        ['0'] =
        [
            "M35 0 C58 0 68 24 68 50 C68 76 58 100 35 100 C12 100 2 76 2 50 C2 24 12 0 35 0",
            "M40 0 C60 0 66 14 66 34 L64 66 C63 88 54 100 32 100 C12 100 4 88 5 68 L8 34 C9 12 20 0 40 0",
            "M50 8 C40 -2 30 0 22 4 C4 16 0 40 4 62 C8 88 22 100 36 100 C58 100 68 76 67 48 C66 24 60 10 46 2",
        ],
        ['2'] =
        [
            "M4 26 C4 8 18 0 34 0 C54 0 66 10 66 28 C66 52 24 70 4 100 L68 100",
            "M8 18 C14 4 24 0 36 0 C56 0 64 12 62 30 C60 54 20 76 6 98 C26 92 44 104 68 96",
            "M6 20 C10 6 22 0 36 0 C54 0 64 12 60 32 C54 58 24 78 10 92 C4 98 4 86 16 86 C32 86 44 106 70 92",
        ],
        ['3'] =
        [
            "M5 16 C12 4 24 0 35 0 C54 0 64 10 64 24 C64 40 50 48 30 48 C54 48 67 58 67 73 C67 90 52 100 34 100 C20 100 8 94 2 82",
            "M6 0 L64 0 L30 38 C54 36 68 50 68 68 C68 88 52 100 34 100 C20 100 8 94 2 84",
            "M4 8 C20 -4 62 -6 62 24 C62 42 46 50 28 48 C52 46 70 56 68 76 C66 100 24 108 2 90",
        ],
        ['4'] =
        [
            "M52 100 L52 0 L2 70 L70 70",
            "M46 100 L54 0 C42 24 26 48 2 72 L70 66",
            "M22 0 L6 62 L68 62 M50 30 L46 100",
        ],
        ['6'] =
        [
            "M60 8 C52 0 44 0 38 0 C16 0 4 26 4 60 C4 86 18 100 36 100 C54 100 66 88 66 70 C66 52 54 42 38 42 C22 42 6 52 4 68",
            "M52 0 C28 12 4 40 4 68 C4 88 18 100 36 100 C54 100 66 88 66 70 C66 52 54 42 38 42 C22 42 8 52 5 66",
            "M62 10 C44 -6 18 4 8 34 C-2 66 4 100 36 100 C58 100 66 86 66 72 C66 54 48 44 30 52 C18 58 10 66 8 78",
        ],
        ['7'] = ["M2 0 L68 0 L24 100", "M2 16 L6 2 L66 0 C48 34 34 64 30 100", "M4 14 L4 0 L66 2 C46 30 30 66 26 100"],
        ['9'] =
        [
            "M10 92 C18 100 26 100 32 100 C54 100 66 74 66 40 C66 14 52 0 34 0 C16 0 4 12 4 30 C4 48 16 58 32 58 C48 58 64 48 66 32",
            "M64 30 C62 48 48 58 32 58 C16 58 4 48 4 30 C4 12 16 0 34 0 C52 0 64 10 64 30 L62 100",
            "M62 20 C54 -4 10 -6 6 28 C4 52 22 62 38 58 C54 54 64 40 64 22 C66 56 58 86 40 100",
        ],
        ['F'] =
        [
            "M10 100 L10 0 L66 0 M10 46 L54 46",
            "M14 100 C8 66 8 34 12 2 C30 -2 46 6 68 0 M10 48 C26 44 40 52 56 46",
            "M66 4 C48 -4 24 2 12 2 C14 34 10 70 12 100 M12 46 L56 42",
        ],
        ['H'] =
        [
            "M6 0 L6 100 M64 0 L64 100 M6 48 L64 48",
            "M10 0 C4 34 4 66 8 100 M62 0 C66 34 66 66 62 100 M6 52 C26 44 44 56 65 46",
            "M8 2 C12 34 4 70 8 100 M8 54 C24 40 48 40 64 50 M62 0 C58 40 66 70 62 100",
        ],
        ['J'] =
        [
            "M18 0 L46 0 L46 72 C46 90 38 100 24 100 C12 100 4 90 2 76",
            "M20 4 C30 -2 42 2 50 0 C54 30 54 54 48 78 C42 104 8 106 2 78",
            "M60 0 C58 30 60 54 54 80 C48 104 14 104 4 82",
        ],
        ['M'] =
        [
            "M4 100 L8 0 L42 66 L76 0 L80 100",
            "M2 100 L14 0 C24 20 34 42 42 72 C50 42 58 20 70 0 L82 100",
            "M6 100 C2 60 8 30 10 0 C22 26 32 46 44 62 C54 46 64 24 78 0 C82 40 78 70 84 100",
        ],
        ['R'] =
        [
            "M8 100 L8 0 L38 0 C56 0 64 10 64 27 C64 44 54 54 38 54 L8 54 M36 54 L68 100",
            "M10 100 C6 66 6 34 10 0 M4 4 C30 -4 66 -2 64 26 C62 50 36 54 12 54 C36 58 50 78 68 100",
            "M12 0 C8 40 12 70 8 100 M2 10 C28 -10 68 -2 62 28 C58 48 34 54 12 52 L66 100",
        ],
        ['T'] =
        [
            "M2 0 L70 0 M36 0 L36 100",
            "M0 6 C18 -2 50 8 72 0 M38 4 C32 34 34 66 36 100",
            "M2 8 C20 2 48 -4 72 4 M36 2 L40 100",
        ],
        ['W'] =
        [
            "M2 0 L20 100 L44 28 L68 100 L86 0",
            "M2 0 C6 40 12 70 22 100 C32 76 38 52 44 22 C50 52 58 76 66 100 C76 70 82 40 86 0",
            "M4 0 C4 40 8 74 24 98 C36 80 42 58 46 40 C50 62 56 84 66 98 C80 74 86 36 84 2",
        ],
        ['Y'] =
        [
            "M2 0 L36 50 L70 0 M36 50 L36 100",
            "M4 0 C12 26 24 42 36 52 C50 42 60 26 68 0 M36 52 C32 70 36 84 34 100",
            "M0 2 C10 30 22 46 36 52 M70 0 C60 30 44 70 24 100",
        ],
    }.ToFrozenDictionary(each => each.Key, each => each.Value.Select(lines => new GlyphShape(lines)).ToArray());

    /// <summary>The points that a line is drawn by lie up to so far from where they were put.</summary>
    private const double Freedom = 4;

    private readonly string _path;

    private GlyphShape(string path) => (_path, Lines) = (path, Parse(path, () => 0));

    /// <summary>Each line as points close to each other.</summary>
    public IReadOnlyList<SKPoint[]> Lines { get; }

    /// <summary>
    /// The same, as a hand writes it another time: no two are alike, so there is no list of all shapes to compare with.
    /// </summary>
    public IReadOnlyList<SKPoint[]> Redrawn(SeededNumbers numbers) =>
        Parse(_path, () => (float)numbers.Between(-Freedom, Freedom));

    /// <summary>The ways to write a character.</summary>
    public static IReadOnlyList<GlyphShape> Of(char character) =>
        Shapes.TryGetValue(character, out var shapes)
            ? shapes
            : throw new ArgumentException("Not a character of answers.", nameof(character));

    // M x y starts a line; L x y goes straight; C x1 y1 x2 y2 x y is a Bézier curve: a part of the path data of SVG.
    private static List<SKPoint[]> Parse(string text, Func<float> shift)
    {
        var lines = new List<SKPoint[]>();
        var points = new List<SKPoint>();
        var words = text.Split(' ');
        for (var at = 0; at < words.Length; )
        {
            var command = words[at][0];
            words[at] = words[at][1..];
            switch (command)
            {
                case 'M':
                    if (points.Count > 0)
                    {
                        lines.Add([.. points]);
                    }
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

            SKPoint Read() =>
                new(
                    float.Parse(words[at++], CultureInfo.InvariantCulture) + shift(),
                    float.Parse(words[at++], CultureInfo.InvariantCulture) + shift()
                );
        }

        lines.Add([.. points]);
        return lines;
    }

    private static void Straight(List<SKPoint> points, SKPoint to)
    {
        var from = points[^1];
        var steps = Steps(SKPoint.Distance(from, to));
        for (var step = 1; step <= steps; step++)
        {
            points.Add(new(from.X + ((to.X - from.X) * step / steps), from.Y + ((to.Y - from.Y) * step / steps)));
        }
    }

    /// <summary>Appends a cubic Bézier curve, as points, to a line.</summary>
    public static void Curve(List<SKPoint> points, SKPoint first, SKPoint second, SKPoint to)
    {
        var from = points[^1];
        var steps = Steps(
            SKPoint.Distance(from, first) + SKPoint.Distance(first, second) + SKPoint.Distance(second, to)
        );
        for (var step = 1; step <= steps; step++)
        {
            var t = (float)step / steps;
            var u = 1 - t;
            float a = u * u * u,
                b = 3 * u * u * t,
                c = 3 * u * t * t,
                d = t * t * t;
            points.Add(
                new(
                    (a * from.X) + (b * first.X) + (c * second.X) + (d * to.X),
                    (a * from.Y) + (b * first.Y) + (c * second.Y) + (d * to.Y)
                )
            );
        }
    }

    private static int Steps(float length) => Math.Max(1, (int)(length / Spacing));
}
