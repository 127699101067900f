using PortalServices.ApiDocuments;
using PortalServices.Http.Problems;
using PortalServices.Messaging;

namespace PortalServices.DeadLetters;

/// <summary>
/// The operators' routes of dead letters, as the API document of each service that has some tells of its own.
/// </summary>
public static class DeadLetterOperations
{
    /// <summary>Their chapter.</summary>
    public const string Tag = "Dead letters";

    /// <summary>What the chapter is about.</summary>
    public const string About =
        "Events from other services that this one failed on for good. They wait for an operator. At the operators' door only.";

    private const string Scope = "admin";

    /// <summary>The routes of a service.</summary>
    public static IReadOnlyList<ApiOperation> Of(string service) =>
        [
            new("GET", AddressOf(service), "readDeadLetters", "Reads the dead letters, the latest failure first.")
            {
                Tag = Tag,
                Path = [],
                Query = [ApiFields.Page, ApiFields.PageSize],
                Replies = [new(200, "A page of them.", typeof(DeadLetterList))],
                Problems = [CommonProblems.InvalidPaging, .. RouteProblems.Operators],
                Scope = Scope,
            },
            new(
                "POST",
                $"{AddressOf(service)}/{{id}}/replay",
                "replayDeadLetter",
                "Hands an event to the consumer that failed on it, once more."
            )
            {
                Description =
                    "It is in the list until its consumer has taken it, and with a newer time if that fails again.",
                Tag = Tag,
                Path = [IdIn(service)],
                Replies = [new(202, "Handed over.")],
                Problems =
                [
                    MessagingProblems.UnknownDeadLetter,
                    MessagingProblems.UnreadableDeadLetter,
                    MessagingProblems.BrokerUnavailable,
                    .. RouteProblems.Operators,
                ],
                Scope = Scope,
            },
            new(
                "DELETE",
                $"{AddressOf(service)}/{{id}}",
                "discardDeadLetter",
                "Throws a dead letter away: its event is lost to the consumer that failed."
            )
            {
                Tag = Tag,
                Path = [IdIn(service)],
                Replies = [new(204, "It is gone.")],
                Problems = [MessagingProblems.UnknownDeadLetter, .. RouteProblems.Operators],
                Scope = Scope,
            },
        ];

    private static ApiField IdIn(string service) =>
        new(
            "id",
            "The dead letter's id, as the list tells it.",
            ApiValue.Text($"0190d5f25c1e7a33b1d26f0c8e9a4b57.portal.{service}.a-consumer")
        );

    internal static string AddressOf(string service) => $"/api/operator/dead-letters/{service}";
}
