using PortalServices.ServiceDefaults;

namespace PortalServices.Content;

/// <summary>Failures of content.</summary>
public static class ContentProblems
{
    /// <summary>No published article has this name in its address, nor had one.</summary>
    public static readonly ProblemCode UnknownArticle = new("unknown_article", 404,
        "There is no such article.", "Không có bài viết này.");

    /// <summary>There is no such category.</summary>
    public static readonly ProblemCode UnknownCategory = new("unknown_category", 404,
        "There is no such category.", "Không có chuyên mục này.");

    /// <summary>There is no such video.</summary>
    public static readonly ProblemCode UnknownVideo = new("unknown_video", 404,
        "There is no such video.", "Không có video này.");

    /// <summary>There is no lookup table of this name.</summary>
    public static readonly ProblemCode UnknownLookup = new("unknown_lookup", 404,
        "There is no such lookup table.", "Không có bảng tra cứu này.");

    /// <summary>A search text is longer than 200 characters.</summary>
    public static readonly ProblemCode InvalidSearch = new("invalid_search", 400,
        "The search text is longer than 200 characters.", "Nội dung tìm kiếm dài quá 200 ký tự.");

    /// <summary>An order is none of those that the list has.</summary>
    public static readonly ProblemCode InvalidSort = new("invalid_sort", 400,
        "The list cannot be sorted like this.", "Không thể sắp xếp danh sách theo cách này.");

    /// <summary>A state is none of <c>draft</c>, <c>scheduled</c>, <c>published</c> and <c>withdrawn</c>.</summary>
    public static readonly ProblemCode InvalidState = new("invalid_state", 400,
        "The state is one of \"draft\", \"scheduled\", \"published\" and \"withdrawn\".", "Trạng thái là một trong \"draft\", \"scheduled\", \"published\" và \"withdrawn\".");

    /// <summary>Fields of what was sent are not as they must be; <c>errors</c> says which.</summary>
    public static readonly ProblemCode InvalidContent = new("invalid_content", 400,
        "Some fields are not valid.", "Một số trường không hợp lệ.");

    /// <summary>An instant of publication cannot be read, has no zone, or lies before 1990 or more than five years ahead.</summary>
    public static readonly ProblemCode InvalidPublication = new("invalid_publication", 400,
        "The instant of publication is not valid.", "Thời điểm đăng không hợp lệ.");

    /// <summary>A change without <c>If-Match</c>, which says what was changed: send the <c>ETag</c> that was read.</summary>
    public static readonly ProblemCode IfMatchRequired = new("if_match_required", 428,
        "Send If-Match with the ETag that you have read.", "Cần gửi If-Match với ETag đã đọc.");

    /// <summary>Somebody else has changed it since it was read; the reply's <c>ETag</c> is the present one.</summary>
    public static readonly ProblemCode VersionConflict = new("version_conflict", 412,
        "It was changed by somebody else meanwhile. Read it again.", "Nội dung đã được người khác thay đổi. Vui lòng đọc lại.");

    /// <summary>What was asked is not possible in the present state; the detail names it.</summary>
    public static readonly ProblemCode IllegalState = new("illegal_state", 409,
        "This is not possible in the present state.", "Không thể thực hiện ở trạng thái hiện tại.");

    /// <summary>A category, or a lookup table, has this name already, or still has articles.</summary>
    public static readonly ProblemCode NameTaken = new("name_taken", 409,
        "This name is in use.", "Tên này đang được sử dụng.");
}
