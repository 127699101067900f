using SkiaSharp;

namespace PortalServices.Feedback.Captcha.Image;

/// <summary>What is in a picture besides its characters.</summary>
internal static class Clutter
{
    /// <summary>Patches and stripes of papers.</summary>
    public static void Texture(SKCanvas canvas, CaptchaColours colours, SeededNumbers numbers)
    {
        canvas.Clear(colours.Paper[0]);
        for (var paper = 1; paper < colours.Paper.Count; paper++)
        {
            using var pen = new Pen(canvas, colours.Paper[paper]);
            for (var patch = 0; patch < 14; patch++)
            {
                pen.Touch(Anywhere(numbers), (float)numbers.Between(3, 12));
            }
            // As thick as the lines of the characters: no filter knows one from the other by that.
            for (var stripe = 0; stripe < 5; stripe++)
            {
                pen.Draw(Arc(numbers, 0, CaptchaImage.Width, () => Height(numbers)), Width(numbers));
            }
        }
    }

    /// <summary>
    /// Short lines, bent and as thick as those of the characters, all along the answer. No long one: whoever follows a
    /// line that goes on smoothly has found it, and takes it away.
    /// </summary>
    public static void Strokes(Pen pen, SeededNumbers numbers)
    {
        const int Count = 5;
        for (var stroke = 0; stroke < Count; stroke++)
        {
            double length = numbers.Between(18, 32),
                x = ((stroke + 0.5) * CaptchaImage.Width / Count) + numbers.Between(-14, 14);
            var (sin, cos) = Math.SinCos(numbers.Between(-0.75, 0.75));
            var middle = new SKPoint((float)x, (float)numbers.Between(0.25, 0.75) * CaptchaImage.Height);
            var points = new List<SKPoint> { At(-0.5, 0) };
            GlyphShape.Curve(
                points,
                At(numbers.Between(-0.3, -0.1), numbers.Between(-9, 9)),
                At(numbers.Between(0.1, 0.3), numbers.Between(-9, 9)),
                At(0.5, 0)
            );
            pen.Draw([.. points], Width(numbers));

            SKPoint At(double along, double aside) =>
                new(
                    (float)(middle.X + (along * length * cos) - (aside * sin)),
                    (float)(middle.Y + (along * length * sin) + (aside * cos))
                );
        }
    }

    /// <summary>Thin lines of paper across it all: no line of ink hangs together from end to end.</summary>
    public static void Cuts(SKCanvas canvas, CaptchaColours colours, SeededNumbers numbers)
    {
        for (var cut = 0; cut < 3; cut++)
        {
            using var pen = new Pen(canvas, numbers.Pick(colours.Paper));
            var width = (float)numbers.Between(1.5, 2.2);
            // One above another, so that what is left between them can be read.
            var middle = (0.3 + (0.2 * cut)) * CaptchaImage.Height;
            pen.Draw(
                Arc(numbers, -10, CaptchaImage.Width + 10, () => (float)(middle + numbers.Between(-14, 14))),
                _ => width
            );
        }
    }

    /// <summary>Specks of ink.</summary>
    public static void Dots(Pen pen, SeededNumbers numbers)
    {
        for (var dot = 0; dot < 24; dot++)
        {
            pen.Touch(Anywhere(numbers), (float)numbers.Between(0.8, 2));
        }
    }

    /// <summary>The width of a line that changes as those of the characters do.</summary>
    public static Func<int, float> Width(SeededNumbers numbers) => Changing((float)numbers.Between(4.2, 5.8), numbers);

    /// <summary>A width that grows and shrinks along a line.</summary>
    public static Func<int, float> Changing(float width, SeededNumbers numbers)
    {
        double wave = numbers.Between(0.05, 0.15),
            phase = numbers.Between(0, Math.Tau);
        return at => width * (float)(1 + (0.2 * Math.Sin((at * wave) + phase)));
    }

    private static SKPoint[] Arc(SeededNumbers numbers, double from, double to, Func<float> height)
    {
        var points = new List<SKPoint> { new((float)from, height()) };
        float first = (float)(from + ((to - from) * numbers.Between(0.2, 0.45))),
            second = (float)(from + ((to - from) * numbers.Between(0.55, 0.8)));
        GlyphShape.Curve(points, new(first, height()), new(second, height()), new((float)to, height()));
        return [.. points];
    }

    private static float Height(SeededNumbers numbers) => (float)numbers.Between(0.22, 0.78) * CaptchaImage.Height;

    private static SKPoint Anywhere(SeededNumbers numbers) =>
        new((float)numbers.Between(0, CaptchaImage.Width), (float)numbers.Between(0, CaptchaImage.Height));
}
