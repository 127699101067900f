namespace PortalServices.Feedback.Personal.Recognition;

/// <summary>Words that stand before names: titles of people, kinds of places.</summary>
internal static class NameWords
{
    // Without marks these are other words (ba, three; co, has), but in a text that has no marks at all.
    private static readonly PhraseTable<bool> Titles = Phrases(
        "ông, bà, anh, chị, cô, chú, bác, dì, cậu, mợ, thím, dượng, em, cháu, thầy, cụ, bạn, đồng chí, đ c, bác sĩ, cô giáo, thầy giáo, luật sư, kỹ sư, kĩ sư, bs, ths, ts, gs, pgs, ks, giáo sư, tiến sĩ, thạc sĩ, y tá, "
            + "điều dưỡng, cô bé, cậu bé, con trai, con gái, chủ tịch, bí thư, giám đốc, hiệu trưởng, trưởng phòng, trưởng thôn, công dân, học sinh, em học sinh, mr, mrs, ms, miss, dr, madam, sir"
    );

    private static readonly HashSet<string> Several = WordForm.MarkedOf("các những");

    // In capitals these can be words of another meaning: "TINH THẦN ANH DŨNG", "CÔ ĐƠN".
    private static readonly HashSet<string> UnclearTitles = WordForm.MarkedOf("anh cô chú bác em cháu con");

    private static readonly PhraseTable<bool> Places = Phrases(
        "đường, phố, ngõ, ngách, hẻm, kiệt, tỉnh, huyện, xã, phường, quận, thành phố, tp, thị xã, tx, thị trấn, tt, thôn, bản, làng, ấp, sóc, buôn, tổ dân phố, tdp, khu phố, tiểu khu, khu, "
            + "trường, thpt, thcs, tiểu học, mầm non, mẫu giáo, trung học, đại học, cao đẳng, học viện, cầu, chợ, sông, suối, núi, đèo, đồi, bệnh viện, công viên, quảng trường, tượng đài, đền, chùa, "
            + "ga, bến xe, cảng, vườn, hang, hội trường, nhà hát, đại lộ, quốc lộ, công ty, hợp tác xã, htx, nhà máy, siêu thị, khách sạn, giải, quỹ, nghĩa trang, ubnd, công an, sân bay, đảo, street, "
            + "road, avenue, district, school, city, province, university, hospital, bridge, market"
    );

    // Without marks these are more often other words (cho, to).
    private static readonly HashSet<string> UnclearPlaces = WordForm.MarkedOf(
        "cho ban ga hang den cau dao lang song nui giai quy vuon chua soc buon ho kiet"
    );

    private static readonly PhraseTable<bool> SetPhrases = Phrases(
        "bác hồ, cụ hồ, bà trưng, bà triệu, anh sơn, cô tô, bà rịa, bà nà, bà đen, cô giang, cô bắc, bà huyện, bà huyện thanh quan, ông táo, bà chúa, ông ích khiêm, bà điểm, bà chiểu, bà hom, ông đốc, "
            + "em tư, cụ rùa, chú ý, anh hùng, cậu vàng"
    );

    // Given names that go on with a small letter are other words.
    private static readonly PhraseTable<bool> Compounds = Phrases(
        "công an, công nhân, công chức, công binh, công chứng, công đoàn, an ninh, an toàn, an sinh, hải quan, hải quân, hải sản, thanh tra, thanh niên, thanh thiếu niên, thanh toán, bảo vệ, bảo hiểm, bảo mẫu, "
            + "bảo trì, dân quân, dân phòng, dân cư, dân tộc, hòa giải, hòa bình, anh văn, anh hùng, toàn dân, quân y, quân nhân, quân đội, văn thư, văn phòng, văn công, kiểm lâm, lâm nghiệp, nông dân, khoa học, "
            + "minh bạch, quang học, sinh viên, hạnh phúc, đức dục, y tế, tuyên giáo, xuân phong, thu ngân, thu phí, tài xế, tài chính, tài vụ, kế toán, chính trị, hưu trí, phương tiện, thủy lợi, thủy nông, "
            + "trung tá, trung úy, trung sĩ, trung đội, tú tài, hiền lành, thành viên, thành niên, ngân hàng, nhân viên, mai táng, hoa hậu"
    );

    private static readonly PhraseTable<bool> Roles = Phrases(
        "tổ trưởng, tổ phó, tổ viên, đội trưởng, đội phó, trưởng ban, trưởng khu, trưởng khoa, trưởng xóm, trưởng bản, phó ban, phó phòng, phó chủ tịch, phó giám đốc, cán bộ, chuyên viên, nhân viên, kế toán, "
            + "tổ, đội, thôn, xóm, ấp, khối, email, mail, gmail, facebook, địa chỉ, sinh năm, kính, đề nghị, xin, tôi, là, hiện, thường trú, trú, ngụ, quê, thưa, cảm ơn, trân trọng"
    );

    // Which are people's names, too.
    private static readonly PhraseTable<bool> Provinces = Phrases(
        "an giang, bạc liêu, bình dương, bình định, bình phước, bình thuận, cao bằng, hà giang, hà nam, hà nội, hà tĩnh, hải dương, hậu giang, hòa bình, hưng yên, kiên giang, lâm đồng, lai châu, long an, "
            + "nam định, nghệ an, ninh bình, phú thọ, phú yên, quảng nam, quảng trị, thái bình, thái nguyên, thanh hóa, tiền giang, trà vinh, vĩnh long, vĩnh phúc, yên bái"
    );

    private static readonly HashSet<string> Surnames = WordForm.MarkedOf(
        "nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đào đoàn vương trịnh đinh lâm phùng mai tô hà cao tạ lò quàng cà tòng lường giàng vàng sùng thào mùa hạng lầu cầm đèo bạc chu triệu "
            + "nông vi la lưu lương thái từ tống quách kiều châu tăng nghiêm khổng doãn âu mạc thạch kim danh điêu hoàng ma giáp bế hứa sầm"
    );

    /// <summary>How many words of a title begin here; 0 for none.</summary>
    public static int TitleAt(WordsOfText words, int at) => At(Titles, words, at, words.IsPlain);

    /// <summary>A title that is one although the words around it begin with capitals, too.</summary>
    public static bool IsClearTitle(Word title) => !UnclearTitles.Contains(title.Form.Marked);

    /// <summary>"các anh", "những chị": nobody's title.</summary>
    public static bool IsOfMany(WordsOfText words, int title) =>
        title > 0 && WordsOfText.IsSpace(words.After(title - 1)) && Several.Contains(words[title - 1].Form.Marked);

    /// <summary>A word that goes on with a small letter as another one: "công an", "hải quan".</summary>
    public static bool IsCompound(WordsOfText words, int at) =>
        At(Compounds, words, at, words.IsPlain) is > 1 and var length
        && Enumerable
            .Range(at + 1, length - 1)
            .All(i => !words[i].IsCapitalised || words[i].Spelling.All(char.IsUpper));

    /// <summary>What somebody is, or what is said of somebody, begins here.</summary>
    public static bool IsRole(WordsOfText words, int at) =>
        At(Roles, words, at, words.IsPlain) > 0 || TitleAt(words, at) > 0;

    /// <summary>The two words here are a province's name.</summary>
    public static bool IsProvince(WordsOfText words, int at) => At(Provinces, words, at, true) > 0;

    /// <summary>A surname that is common in Vietnam, with its marks or, in a text without any, without.</summary>
    public static bool IsSurname(WordForm word) => Surnames.Contains(word.Marked);

    /// <summary>A title and a name that together are something else.</summary>
    private static bool IsSetPhrase(WordsOfText words, int at, int title) =>
        title == 1 && At(SetPhrases, words, at, true) > 0;

    /// <summary>The word names a kind of place.</summary>
    public static bool IsPlace(WordForm word) => word.Marked.Length > 2 && Places.HasWord(word);

    /// <summary>
    /// What begins here, title and all, is the name of a street, a district, an island: "Anh Sơn", "Hai Bà Trưng".
    /// </summary>
    public static bool IsPlaceWithTitle(WordsOfText words, int at, int title) =>
        words[at].IsCapitalised && (IsSetPhrase(words, at, title) || IsAfterPlace(words, at));

    /// <summary>What begins here is the name of a street, a school, a district.</summary>
    public static bool IsAfterPlace(WordsOfText words, int at)
    {
        for (var length = 1; length <= 3 && at - length >= 0; length++)
        {
            if (
                At(Places, words, at - length, words.IsPlain && !UnclearPlaces.Contains(words[at - length].Form.Folded))
                    == length
                && WordsOfText.IsSpace(WithoutDot(words.After(at - 1)))
            )
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What may stand between a title and a name.</summary>
    public static bool IsAfterTitle(ReadOnlySpan<char> gap) => gap is "." || WordsOfText.IsSpace(WithoutDot(gap));

    // "BS. An", "ông (bà) An", "thầy \"An\"".
    private static ReadOnlySpan<char> WithoutDot(ReadOnlySpan<char> gap)
    {
        gap = gap.TrimEnd("\"'“‘«(");
        return gap.Length > 1 && gap[0] is '.' or ':' or ')' ? gap[1..] : gap;
    }

    private static int At(PhraseTable<bool> phrases, WordsOfText words, int at, bool alsoPlain) =>
        phrases.At(words, at, alsoPlain)?.Words ?? 0;

    private static PhraseTable<bool> Phrases(string list) => new([(true, list)], joints: "/");
}
