using PortalServices.Feedback.Personal;

namespace PortalServices.Feedback.Tests.Personal;

/// <summary>What is hidden in a text before everybody reads it, and what is not.</summary>
public sealed class PersonalDataTests
{
    [Theory]
    [InlineData("Tôi là Nguyễn Văn An.", "Tôi là […].")]
    [InlineData("NGUYỄN VĂN AN kính gửi", "[…] kính gửi")]
    [InlineData("nguyễn  văn\nan kính gửi", "[…] kính gửi")]
    [InlineData("Nguyen Van An kinh gui", "[…] kinh gui")]
    [InlineData("Nguyễn Văn Ánh và Nguyễn Văn", "Nguyễn Văn Ánh và Nguyễn Văn")]
    [InlineData("xNguyễn Văn An", "xNguyễn Văn An")]
    public void The_senders_name_is_hidden_however_it_is_written(string text, string shown) =>
        Assert.Equal(shown, Hide(text));

    [Theory]
    [InlineData("Gửi an.nguyen@example.vn nhé", "Gửi […] nhé")]
    [InlineData("Gửi AN.NGUYEN@EXAMPLE.VN nhé", "Gửi […] nhé")]
    [InlineData("Của ai: lò.văn+x_1@mail.sơnla.example, và b@c.vn.", "Của ai: […], và […].")]
    [InlineData("Giá @ 5 nghìn, @nhà", "Giá @ 5 nghìn, @nhà")]
    public void Every_address_is_hidden(string text, string shown) => Assert.Equal(shown, Hide(text));

    [Theory]
    [InlineData("Phòng 5,0912345678", "Phòng 5,[…]")]
    [InlineData("mã b@cd", "mã b@cd")]
    [InlineData("mã xa@b", "mã xa@b")]
    [InlineData("thư a@b.", "thư […].")]
    public void The_senders_own_number_and_address_are_hidden_whole(string text, string shown)
    {
        var sender = MarkedLine.SentBy("Đặng Quốc Khánh", "０９１２３４５６７８");
        sender.Email = "a@b";
        Assert.Equal(shown, PersonalData.Hide(text, sender, int.MaxValue));
    }

    [Theory]
    [InlineData("Gọi 0912345678 nhé", "Gọi […] nhé")]
    [InlineData("Gọi 0987 654 321.", "Gọi […].")]
    [InlineData("Gọi 0987.654.321.", "Gọi […].")]
    [InlineData("Gọi 0987-654-321!", "Gọi […]!")]
    [InlineData("Gọi (0212) 385 2345", "Gọi […]")]
    [InlineData("Gọi +84 987 654 321", "Gọi […]")]
    [InlineData("Gọi +84(0)987654321", "Gọi […]")]
    [InlineData("Gọi 0987654321 0911222333", "Gọi […] […]")]
    [InlineData("Gọi 0987654321 - 0911222333", "Gọi […] - […]")]
    [InlineData("Gọi 0987654321/0911222333", "Gọi […]/[…]")]
    [InlineData("Từ 16.02.2026 gọi 0987654321", "Từ 16.02.2026 gọi […]")]
    [InlineData("Từ 16.02.2026 0987654321", "Từ 16.02.2026 […]")]
    [InlineData("CCCD 014085001234, CMND 050123456", "CCCD […], CMND […]")]
    [InlineData("Tài khoản 12345678901234567890", "Tài khoản […]")]
    public void Every_number_that_reaches_somebody_is_hidden(string text, string shown) =>
        Assert.Equal(shown, Hide(text));

    [Theory]
    [InlineData("Gọi 022-123.45 nhé", "Gọi […] nhé")]
    [InlineData("Gọi 02212345 nhé", "Gọi […] nhé")]
    [InlineData("Gọi +84 2212345 nhé", "Gọi […] nhé")]
    [InlineData("Mã 02212346 nhé", "Mã 02212346 nhé")]
    public void The_senders_own_number_is_hidden_also_where_it_is_short_and_grouped_otherwise(
        string text,
        string shown
    ) => Assert.Equal(shown, Hide(text, phone: "022 12345"));

    [Theory]
    [InlineData("Ngày 16/02/2026 và 17/02/2026")]
    [InlineData("Ngày 16-02-2026, 2026-02-16")]
    [InlineData("Lúc 2026-02-16 08:30")]
    [InlineData("Lúc 16.02.2026 15.30")]
    [InlineData("Từ 16.02.2026 - 20.02.2026")]
    [InlineData("Từ 01-02-2026 đến 03-02-2026")]
    [InlineData("Năm 2025 - 2026, 12 ngày")]
    [InlineData("Công văn 162-KH/TU, số 1234567")]
    public void Dates_and_short_numbers_are_not(string text) => Assert.Equal(text, Hide(text));

    [Theory]
    [InlineData("x")]
    [InlineData("0 ")]
    [InlineData("1")]
    [InlineData("a@")]
    [InlineData("@ ")]
    [InlineData("anh Tư ")]
    [InlineData("gọi ")]
    [InlineData("địa chỉ ")]
    [InlineData("- ")]
    [InlineData("&")]
    [InlineData("&nbsp;")]
    [InlineData("①")]
    [InlineData("① ")]
    [InlineData("𝟎a")]
    [InlineData("O9")]
    [InlineData("O ")]
    [InlineData("sốO9")]
    [InlineData("gọiem1")]
    [InlineData("1A")]
    [InlineData("STK 1A1 ")]
    [InlineData("1/2")]
    [InlineData("1/2a đường Lê ")]
    [InlineData("Căn hộ 1 tòa A")]
    [InlineData("giải nhì 09123 - ")]
    [InlineData("hệ số ")]
    [InlineData("ÔNG LÊ VĂN ")]
    [InlineData("H'L")]
    [InlineData("sinh 1 tháng ")]
    public void A_long_text_that_could_begin_something_at_each_place_is_read_in_one_go(string piece)
    {
        // Looked at again whole from each place, this would take 10¹⁰ steps.
        var text = string.Concat(Enumerable.Repeat(piece, 200_000 / piece.Length));
        Assert.Equal(text, Hide(text));
    }

    [Theory]
    [InlineData("Nguyễn Văn An hỏi", 9, "[…] hỏi")]
    [InlineData("Nguyễn Văn An hỏi", 4, "[…] ")]
    [InlineData("Hỏi 😀", 6, "Hỏi 😀")]
    [InlineData("Hỏi 😀", 5, "Hỏi ")]
    public void What_is_too_long_then_is_cut_between_characters(string text, int most, string shown) =>
        Assert.Equal(shown, Hide(text, most: most));

    private static string Hide(string text, string? phone = "0912345678", int most = int.MaxValue) =>
        PersonalData.Hide(text, MarkedLine.SentBy("Nguyễn Văn An", phone), most);
}
