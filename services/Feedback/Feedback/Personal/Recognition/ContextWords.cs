namespace PortalServices.Feedback.Personal.Recognition;

/// <summary>
/// Words that say what the number after them is. Each also without its marks, but for those after <c>=</c>, which would
/// be other words then.
/// </summary>
internal static class ContextWords
{
    private static readonly (Topic Topic, string Words)[] Topics =
    [
        (
            Topic.Phone,
            "sđt, số đt, đt, đtdđ, đtcđ, dđ, điện thoại, số điện thoại, di động, số di động, phone, telephone, tel, mobile, cell, cellphone, hotline, zalo, viber, whatsapp, "
                + "telegram, gọi, goi, call, liên hệ, liên lạc, lh, máy bàn, số máy, fax, nhắn tin, sms, alo, a lô, =sim, contact, nháy máy, phone number, đầu số"
        ),
        (
            Topic.Identity,
            "cccd, căn cước, căn cước công dân, cmnd, cmt, cmtnd, chứng minh nhân dân, chứng minh thư, chứng minh, định danh, mã định danh, số định danh, định danh cá nhân, gplx, "
                + "giấy phép lái xe, bằng lái, hộ khẩu, sổ hộ khẩu, id card, id number, id no, my id, identity card, identity number, citizen id, national id, citizen identity card, ddcn"
        ),
        (Topic.Passport, "hộ chiếu, passport, số hộ chiếu, hc số"),
        (
            Topic.HealthInsurance,
            "bhyt, thẻ bhyt, bảo hiểm y tế, thẻ bảo hiểm, thẻ bảo hiểm y tế, health insurance, insurance card"
        ),
        (
            Topic.SocialInsurance,
            "bhxh, sổ bhxh, mã bhxh, số bhxh, bảo hiểm xã hội, sổ bảo hiểm, mã bảo hiểm, social insurance"
        ),
        (
            Topic.BankAccount,
            "stk, số tài khoản, tài khoản, tài khoản ngân hàng, số tk, =tk, =tk ngân hàng, account, acc, acct, bank account, account number, số thẻ, thẻ atm, thẻ tín dụng, thẻ ngân hàng, card number, credit card, iban, =ví"
        ),
        (
            Topic.Bank,
            "ngân hàng, chuyển khoản, vietcombank, vcb, agribank, bidv, techcombank, tcb, vietinbank, mbbank, mb bank, =mb, acb, sacombank, vpbank, tpbank, hdbank, shb, vib, ocb, msb, "
                + "seabank, lpbank, lienvietpostbank, eximbank, napas, momo, zalopay, viettelpay"
        ),
        (
            Topic.PersonalTax,
            "mst cá nhân, mã số thuế cá nhân, mst của cá nhân, mã số thuế của cá nhân, mst thu nhập cá nhân, mã số thuế thu nhập cá nhân, mst tncn, mã số thuế tncn, thuế cá nhân, "
                + "personal tax code, personal tax number"
        ),
        (Topic.Tax, "mst, mã số thuế, mã số doanh nghiệp, msdn, đkkd, đăng ký kinh doanh, tax code, tax number"),
        (
            Topic.Member,
            "mssv, mã số sinh viên, mã sinh viên, mã học sinh, mã số học sinh, số báo danh, sbd, mã nhân viên, student id, mã bệnh nhân, mã cán bộ"
        ),
        (
            Topic.Amount,
            "=thu, =chi, =giá, đơn giá, =tiền, tien, số tiền, =phí, lệ phí, chi phí, kinh phí, =vốn, ngân sách, lương, doanh thu, học phí, tổng, =tổng cộng, =nợ, trị giá, mức, thu nhập, vay, dự toán, "
                + "diện tích, sản lượng, dân số, số lượng, khoảng, =rút, =nạp, =trừ, price, cost, amount, total, fee, budget, salary, =đóng, =nộp, =hơn, =gần, trúng thầu, vnd"
        ),
        (
            Topic.Document,
            "mã hồ sơ, số hồ sơ, hồ sơ, hồ sơ số, mã đơn, mã đơn hàng, đơn hàng, mã vận đơn, vận đơn, hóa đơn, biên lai, biên nhận, số hiệu, ký hiệu, kí hiệu, seri, serial, số seri, model, "
                + "mã khách hàng, mã kh, mã số, mã giao dịch, mã tra cứu, mã bưu gửi, công văn, quyết định, nghị định, thông tư, văn bản, tờ bản đồ, =thửa, thửa đất, "
                + "=tờ, công tơ, mã điểm, reference, ref, ticket, order, invoice, =lô, phiếu, số phiếu, mã phiếu, =vé, số vé, tracking, version, phiên bản, =mã, code, "
                + "biên bản, hợp đồng, gói thầu, =gói, dự án, đăng bạ, sổ đỏ, tài liệu, điều, khoản, mã qr, build, mã bài viết"
        ),
        (Topic.Goods, "isbn, issn, ean, barcode, mã vạch, imei, doi, gps, tọa độ"),
    ];

    private static readonly HashSet<string> Fillers =
    [
        .. (
            "số, so, no, nr, number, của, cua, tôi, toi, em, mình, minh, cháu, chau, anh, chị, ông, bà, là, la, is, was, my, our, the, mới, moi, cũ, cu, hiện, nay, chính, chủ, vợ, chồng, con, bố, mẹ, "
            + "công, dân, gắn, chip, cá, nhân, nhà, riêng, điện, dien, cho, theo, vào, qua, máy, tới, đến, ngay, giúp, me, us, at, on, to, thẻ, the, gia, đình, bên, phụ, ngân, hàng, quốc, "
            + "tế, sau, như, này, nhé, ạ, hoặc, và, hay, or, and, your, his, her, mang, có, sổ, zalo, ngắn, gọn, cơ, quan, bàn, đất, nước, ngoài, card, id, tncn"
        )
            .Split(", ")
            .Select(word => WordForm.Of(word).Folded),
    ];

    // "gọi", "liên hệ" as one word: what stands before a number without a space.
    private static readonly string[] Calls =
    [
        .. Topics
            .Where(topic => topic.Topic == Topic.Phone)
            .SelectMany(topic => topic.Words.Split(", "))
            .Select(word => WordForm.Of(word.TrimStart('=').Replace(" ", "", StringComparison.Ordinal)).Folded),
    ];

    private static readonly HashSet<string> People = WordForm.MarkedOf(
        "tôi em ông bà anh chị cô chú bác cháu mình hộ toi ong"
    );

    private static readonly PhraseTable<Topic> Phrases = new(Topics, joints: ".-/");

    /// <summary>The longest one that begins with a word of a text; null for none.</summary>
    public static (Topic Topic, int Words)? At(WordsOfText words, int at) => Phrases.At(words, at);

    /// <summary>A word that says nothing else of the number after it.</summary>
    public static bool IsFiller(WordForm word) => Fillers.Contains(word.Folded);

    /// <summary>Words for a telephone, and perhaps one that says nothing else, typed as one: "goiem", "lienhe".</summary>
    public static bool IsCallAndFiller(WordForm word) =>
        Calls.Any(call =>
            word.Folded.StartsWith(call, StringComparison.Ordinal)
            && (
                word.Folded.Length == call.Length
                || (word.Folded.Length > call.Length + 1 && Fillers.Contains(word.Folded[call.Length..]))
            )
        );

    /// <summary>A word for a person, or for a household.</summary>
    public static bool IsPerson(WordForm word) => People.Contains(word.Marked);

    /// <summary>The tax on a person's income.</summary>
    public static bool IsPersonalTax(WordForm word) => word.Folded == "tncn";
}
