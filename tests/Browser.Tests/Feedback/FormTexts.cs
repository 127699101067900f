namespace PortalServices.Browser.Tests.Feedback;

/// <summary>What the form says in a language.</summary>
internal sealed record FormTexts(
    string Language,
    IReadOnlyList<string> Fields,
    string Code,
    string NewCode,
    string Listen,
    string StopListening,
    string Send,
    string Receipt,
    string Copy,
    string Copied
)
{
    public static readonly FormTexts Vietnamese = new(
        "vi",
        ["Họ và tên", "Thư điện tử", "Số điện thoại", "Tiêu đề", "Nội dung"],
        "Mã xác nhận",
        "Đổi mã khác",
        "Nghe mã",
        "Dừng nghe",
        "Gửi ý kiến",
        "Mã biên nhận",
        "Sao chép mã",
        "Đã sao chép."
    );

    public static readonly FormTexts English = new(
        "en",
        ["Full name", "E-mail", "Telephone", "Title", "Content"],
        "Verification code",
        "New code",
        "Listen",
        "Stop",
        "Send feedback",
        "Receipt",
        "Copy the code",
        "Copied."
    );

    public static FormTexts In(string language) => language == "en" ? English : Vietnamese;
}
