using Microsoft.EntityFrameworkCore;
using PortalServices.Feedback.Deadlines;
using PortalServices.Feedback.Lists;
using PortalServices.VietnameseText;

namespace PortalServices.Feedback.Answer;

/// <summary>
/// The feedback that operators ask for: <c>status</c>, <c>overdue</c>, <c>assignedTo</c>, <c>category</c>, <c>q</c>,
/// <c>sort</c>. It is read as ranges, each of which an index has in the list's order: one of all where nothing is filtered, else one of
/// each status. So a part of the list costs the same however much there is.
/// </summary>
internal sealed class FeedbackList
{
    /// <summary>Most characters of a search.</summary>
    public const int MaxSearch = 200;

    private readonly FeedbackContext _database;
    private readonly IReadOnlyList<Range> _ranges;

    private FeedbackList(
        FeedbackContext database,
        IQueryable<FeedbackEntry> entries,
        IReadOnlyList<Range> ranges,
        ListOrder order
    )
    {
        (_database, _ranges, Order) = (database, ranges, order);
        Entries =
            order == ListOrder.DueBy
                ? entries
                    .OrderBy(entry => entry.Urgency)
                    .ThenByDescending(entry => entry.ReceivedAt)
                    .ThenByDescending(entry => entry.Id)
                : entries.OrderByDescending(entry => entry.ReceivedAt).ThenByDescending(entry => entry.Id);
    }

    /// <summary>The order that it is in.</summary>
    public ListOrder Order { get; }

    /// <summary>All of it, in its order.</summary>
    public IQueryable<FeedbackEntry> Entries { get; }

    /// <summary>The list that is asked for; or the reply that says what is wrong with the question.</summary>
    public static (FeedbackList? List, IResult? Problem) Read(
        HttpRequest request,
        FeedbackContext database,
        TimeProvider time
    )
    {
        var (query, site) = (request.Query, request.HttpContext.Site());
        var ofAll = database.Entries.AsNoTracking().Where(entry => entry.Site == site.Id);
        var search = (string?)query["q"] is { } text && !string.IsNullOrWhiteSpace(text) ? text : null;
        if (search?.Length > MaxSearch)
        {
            return (null, Problem.Of(CommonProblems.InvalidSearch));
        }
        if (search is not null)
        {
            ofAll = FeedbackSearch.Find(database, site.Id, SearchQuery.Parse(search)).AsNoTracking();
        }

        List<FeedbackStatus?>? statuses = (string?)query["status"] is { Length: > 0 } names
            ? [.. names.Split(',').Select(StatusOf)]
            : null;
        if (statuses?.Contains(null) == true)
        {
            return (null, Problem.Of(FeedbackProblems.InvalidStatus));
        }

        bool? isOverdue = null;
        if ((string?)query["overdue"] is { Length: > 0 } overdue)
        {
            if (!bool.TryParse(overdue, out var wanted))
            {
                return (null, Problem.Of(CommonProblems.InvalidRequest, detail: "overdue: true, false"));
            }
            isOverdue = wanted;
            var today = site.Today(time).DayNumber;
            ofAll = wanted ? ofAll.Where(entry => entry.Urgency < today) : ofAll.Where(entry => entry.Urgency >= today);
        }

        string? assignee = query["assignedTo"];
        var isAssigned = !string.IsNullOrEmpty(assignee);
        if (isAssigned)
        {
            ofAll = ofAll.Where(entry => entry.AssignedTo == assignee);
        }
        string? category = query["category"];
        var isOfCategory = !string.IsNullOrEmpty(category);
        if (isOfCategory)
        {
            ofAll = ofAll.Where(entry => entry.Category == category);
        }
        ListOrder? order = ((string?)query["sort"] ?? "") switch
        {
            "" or "dueBy" => ListOrder.DueBy,
            "newest" => ListOrder.Newest,
            _ => null,
        };
        if (order is null)
        {
            return (null, Problem.Of(CommonProblems.InvalidSort, detail: "dueBy, newest"));
        }
        var wantedStatuses = statuses?.OfType<FeedbackStatus>().ToList();
        var entries = wantedStatuses is null ? ofAll : ofAll.Where(entry => wantedStatuses.Contains(entry.Status));
        // What is found is put in order itself.
        IReadOnlyList<Range> ranges =
            search is not null || (wantedStatuses is null && isOverdue is null && !isAssigned && !isOfCategory)
                ? [new Range(entries, MayBeOpen: true, MayBeClosed: true)]
                :
                [
                    .. Enum.GetValues<FeedbackStatus>()
                        .Where(status => wantedStatuses?.Contains(status) != false)
                        .Select(status => Range.Of(ofAll, status))
                        .Where(range => range.MayBeOpen || isOverdue != true),
                ];
        return (new FeedbackList(database, entries, ranges, order.Value), null);
    }

    /// <summary>A part of it.</summary>
    public Task<PartOfList<T>> ReadAsync<T>(ListPart part, Func<FeedbackEntry, T> show, CancellationToken cancel)
    {
        var ranges = _ranges
            .SelectMany(range => range.From(Order, part.After))
            .DefaultIfEmpty(_database.Entries.Where(entry => false))
            .Select(Keys)
            .ToList();
        var keys =
            ranges.Count == 1
                ? Sorted(ranges[0])
                : Sorted(
                    ranges
                        .Select(each => Sorted(each).Take(part.Skip + part.Paging.Size + 1))
                        .Aggregate(Queryable.Concat)
                );
        return part.ReadAsync(keys, () => CountAsync(cancel), _database.Entries, show, cancel);
    }

    // Each range is counted in its index alone.
    private Task<int> CountAsync(CancellationToken cancel) =>
        _ranges.Count == 0
            ? Task.FromResult(0)
            : _ranges
                .Select(range => range.Entries.Select(entry => entry.Id))
                .Aggregate(Queryable.Concat)
                .CountAsync(cancel);

    private IQueryable<ListKey> Sorted(IQueryable<ListKey> keys) =>
        Order == ListOrder.DueBy
            ? keys.OrderBy(key => key.Urgency).ThenByDescending(key => key.At).ThenByDescending(key => key.Id)
            : keys.Latest();

    // No more than the order's index has.
    private IQueryable<ListKey> Keys(IQueryable<FeedbackEntry> entries) =>
        Order == ListOrder.DueBy
            ? entries.Select(entry => new ListKey
            {
                Id = entry.Id,
                Urgency = entry.Urgency,
                At = entry.ReceivedAt,
            })
            : entries.Select(entry => new ListKey { Id = entry.Id, At = entry.ReceivedAt });

    private static FeedbackStatus? StatusOf(string name) =>
        Enum.TryParse<FeedbackStatus>(name, ignoreCase: true, out var status)
        && char.IsAsciiLetter(name[0])
        && Enum.IsDefined(status)
            ? status
            : null;

    /// <summary>What an index has in the list's order.</summary>
    /// <param name="Entries">In no order.</param>
    /// <param name="MayBeOpen">There may be open feedback in it.</param>
    /// <param name="MayBeClosed">There may be closed feedback in it.</param>
    private sealed record Range(IQueryable<FeedbackEntry> Entries, bool MayBeOpen, bool MayBeClosed)
    {
        public static Range Of(IQueryable<FeedbackEntry> entries, FeedbackStatus status) =>
            new(
                entries.Where(entry => entry.Status == status),
                FeedbackEntry.IsOpenAs(status),
                !FeedbackEntry.IsOpenAs(status)
            );

        /// <summary>What comes after a place, as ranges that begin there.</summary>
        public IEnumerable<IQueryable<FeedbackEntry>> From(ListOrder order, ListCursor? after)
        {
            if (after is not { Urgency: var urgency, At: var at, Id: var id })
            {
                return [Entries];
            }
            // The first of the two conditions is what an index can be searched by.
            var received = Entries.Where(entry => entry.ReceivedAt <= at && (entry.ReceivedAt < at || entry.Id < id));
            if (order != ListOrder.DueBy)
            {
                return [received];
            }
            // No order goes down in a part of what it goes up in: the rest of the cursor's day is one range, what is
            // due later another.
            var rest = received.Where(entry => entry.Urgency == urgency);
            var later = Entries.Where(entry => entry.Urgency > urgency);
            return (urgency == FeedbackEntry.NotUrgent, MayBeOpen, MayBeClosed) switch
            {
                (true, _, true) => [rest],
                (true, _, false) => [],
                (false, false, _) => [Entries],
                _ => [rest, later],
            };
        }
    }
}
