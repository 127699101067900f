using SkiaSharp;

namespace PortalServices.Feedback.Captcha;

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
                pen.Touch(Anywhere(numbers), (float)numbers.Between(3, 12));
            for (var stripe = 0; stripe < 3; stripe++)
                pen.Draw(Arc(numbers, 0, CaptchaImage.Width), _ => 2.5f);
        }
    }

    /// <summary>Lines as thick as those of the characters, so that no filter for thin lines takes them away: one across all of them, one across one or two.</summary>
    public static void Arcs(Pen pen, SeededNumbers numbers)
    {
        Draw(numbers.Between(0, 25), numbers.Between(CaptchaImage.Width - 25, CaptchaImage.Width));
        var from = numbers.Between(30, CaptchaImage.Width - 70);
        Draw(from, from + numbers.Between(18, 30));

        void Draw(double left, double right)
        {
            var width = (float)numbers.Between(3.6, 5);
            pen.Draw(Arc(numbers, left, right), _ => width);
        }
    }

    /// <summary>Specks of ink.</summary>
    public static void Dots(Pen pen, SeededNumbers numbers)
    {
        for (var dot = 0; dot < 24; dot++)
            pen.Touch(Anywhere(numbers), (float)numbers.Between(0.8, 2));
    }

    static SKPoint[] Arc(SeededNumbers numbers, double from, double to)
    {
        var points = new List<SKPoint> { new((float)from, Height(numbers)) };
        float first = (float)(from + ((to - from) * numbers.Between(0.2, 0.45))), second = (float)(from + ((to - from) * numbers.Between(0.55, 0.8)));
        GlyphShape.Curve(points, new(first, Height(numbers)), new(second, Height(numbers)), new((float)to, Height(numbers)));
        return [.. points];
    }

    static float Height(SeededNumbers numbers) => (float)numbers.Between(0.22, 0.78) * CaptchaImage.Height;

    static SKPoint Anywhere(SeededNumbers numbers) => new((float)numbers.Between(0, CaptchaImage.Width), (float)numbers.Between(0, CaptchaImage.Height));
}
