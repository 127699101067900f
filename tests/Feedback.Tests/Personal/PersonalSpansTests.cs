using System.Globalization;
using CsCheck;
using PortalServices.Feedback.Personal;

namespace PortalServices.Feedback.Tests.Personal;

/// <summary>What holds for every text, whatever it is made of.</summary>
public sealed class PersonalSpansTests
{
    // What breaks a law takes two or three pieces of sixty beside each other.
    private const int Iterations = 10_000;

    private static readonly string[] Pieces =
    [
        "0912345678",
        "0987.654.321",
        "0912 345 678",
        "+84 912 345 678",
        "(024) 3825 1234",
        "048090001234",
        "205123456",
        "205 123 456",
        "1903 4567 8901 23",
        "B1234567",
        "GD4797920123456",
        "an@gmail.com",
        "x\u0301n@gmail.com",
        "a @ gmail . com",
        "Nguyễn Văn An",
        "nguyen van an",
        "An",
        "Văn",
        "anh",
        "ông",
        "co",
        "CCCD",
        "STK",
        "SĐT",
        "Zalo",
        "MST",
        "hộ chiếu",
        "gọi",
        "là",
        "số",
        "12",
        "1",
        "0",
        "1900",
        "12/5/2021",
        "1.000.000",
        "đồng",
        "43A-123.45",
        "😀",
        "𝟎",
        "𝟎𝟗𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖",
        "①",
        "⓪⑨①②",
        "&nbsp;",
        "O912 64O 758",
        "o",
        "gọiem0842719036nhé",
        "711A23456789",
        "giải nhì",
        "09123 - 45678",
        "K = 1,0912345678",
        "45/12A đường Trần",
        "H'Lan Niê",
        "ÔNG ĐẶNG VĂN HÙNG",
        "\u0301",
        "\u20E3",
        "\uFE0F",
        "\u200D",
        "\u00AD",
        "０",
        "＠",
        "địa chỉ",
        "sinh ngày",
        "không một hai ba bốn năm sáu bảy",
        "@",
        "+",
        "(",
        ")",
        "at",
        "danang.gov.vn",
        "https://zalo.me/",
        "đường",
        "Tổ",
        "[…]",
    ];

    private static readonly string[] Separators =
    [
        " ",
        " ",
        "",
        "",
        ", ",
        ". ",
        ".",
        ",",
        "-",
        " - ",
        "/",
        ": ",
        "\n",
        "",
        ";",
        "  ",
        "\u00A0",
        "–",
    ];

    private static readonly Gen<string> Texts = Gen.Select(
            OneOf(Pieces),
            OneOf(Separators),
            (piece, separator) => piece + separator
        )
        .Array[0, 8]
        .Select(pieces => string.Concat(pieces).Normalize());

    private static readonly Gen<string> Names = OneOf("Nguyễn Văn An", "Lê An", "Tran Minh Hoang", "An", "Y Blơ Niê");

    [Fact]
    public void Parts_are_in_order_within_the_text_and_of_whole_characters() =>
        Gen.Select(Texts, Names)
            .Sample(
                (text, name) =>
                {
                    var end = 0;
                    foreach (var span in PersonalData.Find(text, MarkedLine.SentBy(name)))
                    {
                        Assert.True(span.Start >= end && span.Length > 0 && span.End <= text.Length);
                        end = span.End;
                        Assert.False(IsWithinCharacter(text, span.Start) || IsWithinCharacter(text, span.End));
                    }
                },
                iter: Iterations
            );

    [Fact]
    public void In_what_is_hidden_nothing_more_is_certain() =>
        Gen.Select(Texts, Names)
            .Sample(
                (text, name) =>
                {
                    var shown = PersonalData.Hide(text, MarkedLine.SentBy(name), int.MaxValue);
                    Assert.Equal(shown, PersonalData.Hide(shown, MarkedLine.SentBy(name), int.MaxValue));
                },
                iter: Iterations
            );

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(at => values[at]);

    private static bool IsWithinCharacter(string text, int at) =>
        at > 0
        && at < text.Length
        && (
            char.IsSurrogatePair(text[at - 1], text[at])
            || CharUnicodeInfo.GetUnicodeCategory(text[at])
                is UnicodeCategory.NonSpacingMark
                    or UnicodeCategory.EnclosingMark
        );
}
