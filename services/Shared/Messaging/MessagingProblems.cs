using PortalServices.Http.Problems;

namespace PortalServices.Messaging;

/// <summary>Failures of messaging.</summary>
public static class MessagingProblems
{
    /// <summary>There is no dead letter with this id, or no more.</summary>
    public static readonly ProblemCode UnknownDeadLetter = new(
        "unknown_dead_letter",
        404,
        "There is no such dead letter.",
        "Không có thư chết này."
    );

    /// <summary>
    /// The dead letter is no event that this version can read, so it cannot be handed to its consumer; it can be
    /// discarded.
    /// </summary>
    public static readonly ProblemCode UnreadableDeadLetter = new(
        "unreadable_dead_letter",
        409,
        "This dead letter cannot be read and so cannot be replayed.",
        "Không đọc được thư chết này nên không thể gửi lại."
    );

    /// <summary>
    /// The broker cannot be reached or does not answer; try again after <c>Retry-After</c>. Nothing has changed.
    /// </summary>
    public static readonly ProblemCode BrokerUnavailable = new(
        "broker_unavailable",
        503,
        "The message broker is not available at the moment. Please try again.",
        "Hệ thống chuyển thông điệp tạm thời không sẵn sàng. Vui lòng thử lại."
    );

    /// <summary>
    /// So many events wait for the broker that no further change is taken; an operator must bring the broker back.
    /// </summary>
    public static readonly ProblemCode OutboxFull = new(
        "outbox_full",
        503,
        "Too many events are waiting to be sent.",
        "Có quá nhiều sự kiện đang chờ gửi đi."
    );
}
