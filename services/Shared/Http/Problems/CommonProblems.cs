namespace PortalServices.Http.Problems;

/// <summary>Failures that every part of the product can answer with.</summary>
public static class CommonProblems
{
    /// <summary>The request cannot be understood, and no other code says why.</summary>
    public static readonly ProblemCode InvalidRequest = new(
        "invalid_request",
        400,
        "The request is not valid.",
        "Yêu cầu không hợp lệ."
    );

    /// <summary>The body is not JSON, has a field twice, or a field of the wrong kind.</summary>
    public static readonly ProblemCode InvalidJson = new(
        "invalid_json",
        400,
        "The body is not valid JSON.",
        "Nội dung gửi lên không phải là JSON hợp lệ."
    );

    /// <summary>A page of a list is not a number from 1 to 100,000, or its size not one from 1 to 100.</summary>
    public static readonly ProblemCode InvalidPaging = new(
        "invalid_paging",
        400,
        "The page is a number from 1 on, and its size from 1 to 100.",
        "Số trang là số nguyên từ 1 trở lên, kích thước trang từ 1 đến 100."
    );

    /// <summary>A search text is longer than 200 characters.</summary>
    public static readonly ProblemCode InvalidSearch = new(
        "invalid_search",
        400,
        "The search text is longer than 200 characters.",
        "Nội dung tìm kiếm dài quá 200 ký tự."
    );

    /// <summary>An order is none of those that the list has.</summary>
    public static readonly ProblemCode InvalidSort = new(
        "invalid_sort",
        400,
        "The list cannot be sorted like this.",
        "Không thể sắp xếp danh sách theo cách này."
    );

    /// <summary>Fields of what was sent are not as they must be; <c>errors</c> says which.</summary>
    public static readonly ProblemCode InvalidFields = new(
        "invalid_fields",
        400,
        "Some fields are not valid.",
        "Một số trường không hợp lệ."
    );

    /// <summary>
    /// A change without <c>If-Match</c>, which says what was changed: send the <c>ETag</c> that was read.
    /// </summary>
    public static readonly ProblemCode IfMatchRequired = new(
        "if_match_required",
        428,
        "Send If-Match with the ETag that you have read.",
        "Cần gửi If-Match với ETag đã đọc."
    );

    /// <summary><c>If-Match</c> is no list of entity tags (RFC 9110, section 8.8.3): a tag stands in quotes.</summary>
    public static readonly ProblemCode InvalidIfMatch = new(
        "invalid_if_match",
        400,
        "If-Match must be an entity tag in quotes, as ETag gave it.",
        "If-Match phải là một thẻ trong dấu nháy kép, đúng như ETag đã cho."
    );

    /// <summary>Somebody else has changed it since it was read; the reply's <c>ETag</c> is the present one.</summary>
    public static readonly ProblemCode VersionConflict = new(
        "version_conflict",
        412,
        "It was changed by somebody else meanwhile. Read it again.",
        "Nội dung đã được người khác thay đổi. Vui lòng đọc lại."
    );

    /// <summary>What was asked is not possible in the present state; the detail names it.</summary>
    public static readonly ProblemCode IllegalState = new(
        "illegal_state",
        409,
        "This is not possible in the present state.",
        "Không thể thực hiện ở trạng thái hiện tại."
    );

    /// <summary>An <c>Idempotency-Key</c> is not 16 to 64 letters, digits, <c>_</c> or <c>-</c>.</summary>
    public static readonly ProblemCode InvalidIdempotencyKey = new(
        "invalid_idempotency_key",
        400,
        "An idempotency key is 16 to 64 letters, digits, \"_\" or \"-\".",
        "Khóa chống lặp gồm 16 đến 64 chữ cái, chữ số, \"_\" hoặc \"-\"."
    );

    /// <summary>An <c>Idempotency-Key</c> was used for another request.</summary>
    public static readonly ProblemCode IdempotencyKeyReused = new(
        "idempotency_key_reused",
        422,
        "The idempotency key was used for another request.",
        "Khóa chống lặp đã được dùng cho một yêu cầu khác."
    );

    /// <summary>The site in the address is not in the site list.</summary>
    public static readonly ProblemCode UnknownSite = new(
        "unknown_site",
        404,
        "There is no such site.",
        "Không có trang web này."
    );

    /// <summary>The <c>Origin</c>, or the address of a page, belongs neither to the site nor to this door.</summary>
    public static readonly ProblemCode ForeignOrigin = new(
        "foreign_origin",
        403,
        "This origin does not belong to the site.",
        "Nguồn gốc này không thuộc về trang web."
    );

    /// <summary>Nothing is at this address, or not through this door.</summary>
    public static readonly ProblemCode NotFound = new(
        "not_found",
        404,
        "There is nothing at this address.",
        "Không tìm thấy nội dung tại địa chỉ này."
    );

    /// <summary>The address exists, but not for this method; <c>Allow</c> lists those it has.</summary>
    public static readonly ProblemCode MethodNotAllowed = new(
        "method_not_allowed",
        405,
        "This method is not allowed here.",
        "Phương thức này không được phép tại địa chỉ này."
    );

    /// <summary>None of the media types the client accepts can be given.</summary>
    public static readonly ProblemCode NotAcceptable = new(
        "not_acceptable",
        406,
        "The reply cannot be given in an accepted form.",
        "Không thể trả lời ở định dạng được chấp nhận."
    );

    /// <summary>The client was too slow in sending its request.</summary>
    public static readonly ProblemCode RequestTimeout = new(
        "request_timeout",
        408,
        "The request took too long to arrive.",
        "Yêu cầu được gửi đến quá chậm."
    );

    /// <summary>The body is larger than the limit.</summary>
    public static readonly ProblemCode BodyTooLarge = new(
        "body_too_large",
        413,
        "The body is too large.",
        "Nội dung gửi lên quá lớn."
    );

    /// <summary>The request line is longer than the limit: the address, escaped as it is forwarded.</summary>
    public static readonly ProblemCode UriTooLong = new(
        "uri_too_long",
        414,
        "The address is too long.",
        "Địa chỉ quá dài."
    );

    /// <summary>The request has more header fields than the limit, or larger ones; the detail is the limit.</summary>
    public static readonly ProblemCode HeadersTooLarge = new(
        "headers_too_large",
        431,
        "The headers of the request are too large.",
        "Phần đầu của yêu cầu quá lớn."
    );

    /// <summary>The body is of a type that is not read here.</summary>
    public static readonly ProblemCode UnsupportedMediaType = new(
        "unsupported_media_type",
        415,
        "This content type is not supported.",
        "Kiểu nội dung này không được hỗ trợ."
    );

    /// <summary>A fault of the product; the trace id finds it in the logs.</summary>
    public static readonly ProblemCode InternalError = new(
        "internal_error",
        500,
        "Something went wrong on our side.",
        "Đã có lỗi xảy ra ở phía máy chủ."
    );

    /// <summary>
    /// The service behind the address cannot be reached or does not answer; try again after <c>Retry-After</c>.
    /// </summary>
    public static readonly ProblemCode ServiceUnavailable = new(
        "service_unavailable",
        503,
        "The service is not available at the moment. Please try again.",
        "Dịch vụ tạm thời không sẵn sàng. Vui lòng thử lại."
    );

    /// <summary>
    /// There is no place for another connection, of this address or of all; the reply comes unasked, in Vietnamese, and
    /// the connection ends. Try again after <c>Retry-After</c>, on fewer connections.
    /// </summary>
    public static readonly ProblemCode TooManyConnections = new(
        "too_many_connections",
        503,
        "There are too many connections. Please try again.",
        "Có quá nhiều kết nối. Vui lòng thử lại."
    );

    /// <summary>
    /// The store cannot be reached or does not answer; nothing is known of what was sent, so send it again after
    /// <c>Retry-After</c>.
    /// </summary>
    public static readonly ProblemCode StoreUnavailable = new(
        "store_unavailable",
        503,
        "The data store is not available at the moment. Please try again.",
        "Kho dữ liệu tạm thời không sẵn sàng. Vui lòng thử lại."
    );

    /// <summary>The reply took longer than the time allowed for it.</summary>
    public static readonly ProblemCode ServiceTimeout = new(
        "service_timeout",
        504,
        "The service took too long to answer. Please try again.",
        "Dịch vụ trả lời quá chậm. Vui lòng thử lại."
    );
}
