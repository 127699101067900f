using PortalServices.ServiceDefaults;

namespace PortalServices.Counting;

/// <summary>Failures of counting.</summary>
public static class CountingProblems
{
    /// <summary>A page is missing, does not begin with <c>/</c>, is longer than 512 bytes, or has control characters or invalid UTF-8.</summary>
    public static readonly ProblemCode InvalidPage = new("invalid_page", 400,
        "The page is not a path of at most 512 bytes that begins with \"/\".", "Trang không phải là đường dẫn bắt đầu bằng \"/\" và dài tối đa 512 byte.");

    /// <summary>A view id is not 16 to 64 letters, digits, <c>_</c> or <c>-</c>.</summary>
    public static readonly ProblemCode InvalidViewId = new("invalid_view_id", 400,
        "A view id is 16 to 64 letters, digits, \"_\" or \"-\".", "Mã lượt xem gồm 16 đến 64 chữ cái, chữ số, \"_\" hoặc \"-\".");

    /// <summary>An age is not a whole number of milliseconds from 0 on.</summary>
    public static readonly ProblemCode InvalidAge = new("invalid_age", 400,
        "The age is a whole number of milliseconds, 0 or more.", "Tuổi của lượt xem là số nguyên mili giây, từ 0 trở lên.");

    /// <summary>A referrer is longer than 2,048 characters or has control characters.</summary>
    public static readonly ProblemCode InvalidReferrer = new("invalid_referrer", 400,
        "The referrer is longer than 2,048 characters or not plain text.", "Địa chỉ giới thiệu dài quá 2.048 ký tự hoặc không phải văn bản thường.");

    /// <summary>A view was first sent so long ago that its id is no longer remembered: it may have been counted, so it is not counted again.</summary>
    public static readonly ProblemCode ViewExpired = new("view_expired", 410,
        "The view was first sent too long ago to be counted safely.", "Lượt xem được gửi lần đầu quá lâu nên không thể đếm an toàn.");

    /// <summary>No path, or more than 20 in an address or 100 in a body.</summary>
    public static readonly ProblemCode TooManyPaths = new("too_many_paths", 400,
        "Ask for 1 to 20 pages in an address, or 1 to 100 in a body.", "Mỗi lần hỏi từ 1 đến 20 trang trong địa chỉ, hoặc từ 1 đến 100 trang trong nội dung.");

    /// <summary>More views wait for the store than this process holds. Send the view again, with its id, after <c>Retry-After</c>.</summary>
    public static readonly ProblemCode TooManyWaiting = new("too_many_waiting", 503,
        "Too many views are waiting. Please send it again.", "Có quá nhiều lượt xem đang chờ. Vui lòng gửi lại.");
}
