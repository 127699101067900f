namespace PortalServices.Counting.Http;

/// <summary>Failures of counting.</summary>
public static class CountingProblems
{
    /// <summary>
    /// A page is missing, does not begin with <c>/</c>, is longer than 512 bytes, or has control characters or invalid
    /// UTF-8.
    /// </summary>
    public static readonly ProblemCode InvalidPage = new(
        "invalid_page",
        400,
        "The page is not a path of at most 512 bytes that begins with \"/\".",
        "Trang không phải là đường dẫn bắt đầu bằng \"/\" và dài tối đa 512 byte."
    );

    /// <summary>A view id is not 16 to 64 letters, digits, <c>_</c> or <c>-</c>.</summary>
    public static readonly ProblemCode InvalidViewId = new(
        "invalid_view_id",
        400,
        "A view id is 16 to 64 letters, digits, \"_\" or \"-\".",
        "Mã lượt xem gồm 16 đến 64 chữ cái, chữ số, \"_\" hoặc \"-\"."
    );

    /// <summary>An age is not a whole number of milliseconds from 0 on.</summary>
    public static readonly ProblemCode InvalidAge = new(
        "invalid_age",
        400,
        "The age is a whole number of milliseconds, 0 or more.",
        "Tuổi của lượt xem là số nguyên mili giây, từ 0 trở lên."
    );

    /// <summary>A referrer is longer than 2,048 characters or has control characters.</summary>
    public static readonly ProblemCode InvalidReferrer = new(
        "invalid_referrer",
        400,
        "The referrer is longer than 2,048 characters or not plain text.",
        "Địa chỉ giới thiệu dài quá 2.048 ký tự hoặc không phải văn bản thường."
    );

    /// <summary>
    /// A view was first sent so long ago that its id is no longer remembered: it may have been counted, so it is not
    /// counted again.
    /// </summary>
    public static readonly ProblemCode ViewExpired = new(
        "view_expired",
        410,
        "The view was first sent too long ago to be counted safely.",
        "Lượt xem được gửi lần đầu quá lâu nên không thể đếm an toàn."
    );

    /// <summary>No path, or more than 20 in an address or 100 in a body.</summary>
    public static readonly ProblemCode TooManyPaths = new(
        "too_many_paths",
        400,
        "Ask for 1 to 20 pages in an address, or 1 to 100 in a body.",
        "Mỗi lần hỏi từ 1 đến 20 trang trong địa chỉ, hoặc từ 1 đến 100 trang trong nội dung."
    );

    /// <summary>
    /// More views wait for the store than this process holds. Send the view again, with its id, after
    /// <c>Retry-After</c>.
    /// </summary>
    public static readonly ProblemCode TooManyWaiting = new(
        "too_many_waiting",
        503,
        "Too many views are waiting. Please send it again.",
        "Có quá nhiều lượt xem đang chờ. Vui lòng gửi lại."
    );

    /// <summary>A limit is not a whole number in its range.</summary>
    public static readonly ProblemCode InvalidLimit = new(
        "invalid_limit",
        400,
        "The limit is not a whole number in its range.",
        "Giới hạn không phải là số nguyên trong phạm vi cho phép."
    );

    /// <summary>A period is none of <c>today</c>, <c>week</c> and <c>total</c>.</summary>
    public static readonly ProblemCode InvalidPeriod = new(
        "invalid_period",
        400,
        "The period is one of \"today\", \"week\" and \"total\".",
        "Khoảng thời gian là một trong \"today\", \"week\" và \"total\"."
    );

    /// <summary>A step is none of <c>minute</c>, <c>hour</c> and <c>day</c>.</summary>
    public static readonly ProblemCode InvalidStep = new(
        "invalid_step",
        400,
        "The step is one of \"minute\", \"hour\" and \"day\".",
        "Bước là một trong \"minute\", \"hour\" và \"day\"."
    );

    /// <summary>An instant is missing, cannot be read, has no zone, or lies outside what is allowed.</summary>
    public static readonly ProblemCode InvalidInstant = new(
        "invalid_instant",
        400,
        "An instant is a date and time with its zone, such as 2026-11-25T00:00:00Z.",
        "Thời điểm gồm ngày, giờ và múi giờ, ví dụ 2026-11-25T00:00:00Z."
    );

    /// <summary>A span ends before it begins.</summary>
    public static readonly ProblemCode InvalidSpan = new(
        "invalid_span",
        400,
        "The span ends before it begins.",
        "Khoảng thời gian kết thúc trước khi bắt đầu."
    );

    /// <summary>A span has more than 2,000 items at its step.</summary>
    public static readonly ProblemCode TooManyItems = new(
        "too_many_items",
        400,
        "The span has more than 2,000 items; ask for a shorter one or a larger step.",
        "Khoảng thời gian có hơn 2.000 mục; hãy chọn khoảng ngắn hơn hoặc bước lớn hơn."
    );

    /// <summary>
    /// A span begins before what is kept at its step: the running site day and 3 before it by minute, 400 by hour. The
    /// detail is the first instant.
    /// </summary>
    public static readonly ProblemCode SpanNotKept = new(
        "span_not_kept",
        400,
        "The span begins before what is kept at this step.",
        "Khoảng thời gian bắt đầu trước phần dữ liệu còn được lưu ở bước này."
    );

    /// <summary>A day is not a date, lies in the future, or too far back; the detail is the range.</summary>
    public static readonly ProblemCode InvalidDay = new(
        "invalid_day",
        400,
        "The day is not a date in the allowed range.",
        "Ngày không hợp lệ hoặc nằm ngoài phạm vi cho phép."
    );

    /// <summary>A correction is missing, zero, or beyond 10⁹. What is no whole number is <c>invalid_json</c>.</summary>
    public static readonly ProblemCode InvalidChange = new(
        "invalid_change",
        400,
        "The change is a whole number other than 0, at most 1,000,000,000 either way.",
        "Mức thay đổi là số nguyên khác 0, tối đa 1.000.000.000 theo mỗi chiều."
    );

    /// <summary>A reason is missing, blank, or longer than 500 characters.</summary>
    public static readonly ProblemCode InvalidReason = new(
        "invalid_reason",
        400,
        "A reason of 1 to 500 characters is required.",
        "Cần có lý do dài từ 1 đến 500 ký tự."
    );

    /// <summary>A baseline's id or numbers are not as they must be; the detail says which.</summary>
    public static readonly ProblemCode InvalidBaseline = new(
        "invalid_baseline",
        400,
        "The baseline is not valid.",
        "Số liệu ban đầu không hợp lệ."
    );

    /// <summary>A correction is for a page that has no numbers.</summary>
    public static readonly ProblemCode UnknownPage = new(
        "unknown_page",
        404,
        "This page has no numbers.",
        "Trang này chưa có số liệu."
    );

    /// <summary>There is no correction with this id.</summary>
    public static readonly ProblemCode UnknownCorrection = new(
        "unknown_correction",
        404,
        "There is no such correction.",
        "Không có lần hiệu chỉnh này."
    );

    /// <summary>There is no baseline with this id.</summary>
    public static readonly ProblemCode UnknownBaseline = new(
        "unknown_baseline",
        404,
        "There is no such baseline.",
        "Không có số liệu ban đầu này."
    );

    /// <summary>The id of a baseline was used for another one.</summary>
    public static readonly ProblemCode BaselineExists = new(
        "baseline_exists",
        409,
        "Another baseline has this id.",
        "Mã này đã được dùng cho số liệu ban đầu khác."
    );

    /// <summary>A baseline or correction was taken back before.</summary>
    public static readonly ProblemCode AlreadyUndone = new(
        "already_undone",
        409,
        "This was undone already.",
        "Thao tác này đã được hoàn tác."
    );

    /// <summary>
    /// The site's day, the page's total, or the page's day or week would be shown below zero, or a page with more today
    /// than in all.
    /// </summary>
    public static readonly ProblemCode NegativeCount = new(
        "negative_count",
        409,
        "A number would fall below zero.",
        "Số liệu sẽ nhỏ hơn 0."
    );

    /// <summary>A number would be shown above 10¹³.</summary>
    public static readonly ProblemCode CountTooLarge = new(
        "count_too_large",
        409,
        "A number would become too large.",
        "Số liệu sẽ quá lớn."
    );

    /// <summary>The site has 10,000 audit entries.</summary>
    public static readonly ProblemCode AuditFull = new(
        "audit_full",
        409,
        "The audit of this site is full.",
        "Nhật ký kiểm tra của trang web này đã đầy."
    );

    /// <summary>There is no loss of the store to acknowledge, and never was one.</summary>
    public static readonly ProblemCode NoStoreLoss = new(
        "no_store_loss",
        409,
        "The store has lost nothing of this site.",
        "Bộ nhớ lưu trữ không mất dữ liệu nào của trang web này."
    );

    /// <summary>
    /// The store's memory is nearly full, and the site has no views in it yet; or so full that no view is taken. An
    /// operator must give it more.
    /// </summary>
    public static readonly ProblemCode StoreFull = new(
        "store_full",
        503,
        "The store is full and takes no views of this site.",
        "Bộ nhớ lưu trữ đã đầy nên không nhận lượt xem của trang web này."
    );
}
