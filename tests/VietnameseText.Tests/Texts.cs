using System.Text;
using CsCheck;

namespace PortalServices.VietnameseText.Tests;

/// <summary>Texts for laws: anything a string can hold, with much of what is hard about it.</summary>
internal static class Texts
{
    // Letters, marks of every kind and of several combining classes, Hangul parts, pairs and halves of them, U+FFFE,
    // separators, quotation marks.
    private static readonly string[] Pieces =
    [
        "Đ",
        "đ",
        "Ð",
        "ế",
        "Ử",
        "ơ",
        "a",
        "E",
        "y",
        "z",
        "7",
        "I",
        "İ",
        "ı",
        "J",
        "ẞ",
        "Σ",
        "Ω",
        "K",
        "ﬁ",
        "ᾈ",
        "Ж",
        "國",
        "한",
        "ᄒ",
        "ᅡ",
        "ᆫ",
        "が",
        "٣",
        "Ⅷ",
        "²",
        "\u0301",
        "\u0323",
        "\u0302",
        "\u031B",
        "\u030C",
        "\u0307",
        "\u0345",
        "\u034F",
        "\u20DD",
        "\u0903",
        "\u0BBE",
        "\u302E",
        "\U0001D165",
        "\U0001D16D",
        "\u05B8",
        "\U00010400",
        "\U00010428",
        "\U0001D400",
        "\U0002F800",
        "😀",
        "\uD83D",
        "\uDE00",
        "\uD801",
        "\uFFFE",
        "\uFFFF",
        "\u0378",
        "\U000E0FFF",
        "\uFB1D",
        " ",
        "\t",
        "\u00A0",
        "\u3000",
        "\u200B",
        "\u00AD",
        "-",
        "/",
        "_",
        ".",
        "\0",
        "\"",
        "“",
        "”",
        "„",
        "«",
        "»",
        new string('ộ', 63),
        new string('x', 62),
    ];

    private static readonly Gen<string> Built = Gen.Int[0, Pieces.Length - 1]
        .Array[0, 12]
        .Select(picked => string.Concat(picked.Select(index => Pieces[index])));

    /// <summary>Any string, ill-formed ones too.</summary>
    public static readonly Gen<string> Any = Gen.OneOf(
        Built,
        Built,
        Gen.Char.Array[0, 40].Select(chars => new string(chars))
    );

    /// <summary>Every code point as a string of its own.</summary>
    public static IEnumerable<string> CodePoints =>
        Enumerable.Range(0, 0x110000).Where(Rune.IsValid).Select(value => new Rune(value).ToString());

    /// <summary>Whether it can be normalized by the platform at all.</summary>
    public static bool IsWellFormed(string text) =>
        !text.Contains('\uFFFE') && !text.EnumerateRunes().Contains(Rune.ReplacementChar);

    public static string Composed(string text) => text.Normalize(NormalizationForm.FormC);

    public static string Decomposed(string text) => text.Normalize(NormalizationForm.FormD);
}
