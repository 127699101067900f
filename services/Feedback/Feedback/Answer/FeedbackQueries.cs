using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using PortalServices.Feedback.Storage;
using PortalServices.Feedback.Submit;
using PortalServices.ServiceDefaults;
using PortalServices.VietnameseText;

namespace PortalServices.Feedback.Answer;

/// <summary>What operators ask the list of feedback for: <c>status</c>, <c>overdue</c>, <c>assignedTo</c>, <c>q</c>, <c>sort</c>.</summary>
internal static class FeedbackQueries
{
    /// <summary>Most characters of a search.</summary>
    public const int MostSearch = 200;

    /// <summary>The feedback that is asked for, in its order; or the reply that says what is wrong with the question.</summary>
    public static (IQueryable<FeedbackEntry>? Entries, IResult? Problem) Read(HttpRequest request, Site site, FeedbackContext database, TimeProvider time)
    {
        var query = request.Query;
        var entries = database.Entries.AsNoTracking().Where(entry => entry.Site == site.Id);
        if ((string?)query["status"] is { Length: > 0 } names)
        {
            var statuses = new List<FeedbackStatus>();
            foreach (var name in names.Split(','))
            {
                if (!Enum.TryParse<FeedbackStatus>(name, ignoreCase: true, out var status) || !char.IsAsciiLetter(name[0]) || !Enum.IsDefined(status))
                    return (null, Problem.Of(FeedbackProblems.InvalidStatus));
                statuses.Add(status);
            }

            entries = entries.Where(entry => statuses.Contains(entry.Status));
        }

        if ((string?)query["overdue"] is { Length: > 0 } overdue)
        {
            if (!bool.TryParse(overdue, out var wanted))
                return (null, Problem.Of(CommonProblems.InvalidRequest, detail: "overdue: true, false"));
            var today = Today(site, time).DayNumber;
            entries = entries.Where(entry => entry.Urgency < today == wanted);
        }

        if ((string?)query["assignedTo"] is { Length: > 0 } name2)
            entries = entries.Where(entry => entry.AssignedTo == name2);
        if ((string?)query["q"] is { } text && !string.IsNullOrWhiteSpace(text))
        {
            if (text.Length > MostSearch)
                return (null, Problem.Of(CommonProblems.InvalidSearch));
            var search = SearchQuery.Parse(text);
            // Nothing is found by punctuation.
            entries = search.IsEmpty ? entries.Where(entry => false) : search.Phrases.Aggregate(entries, (found, phrase) => found.Where(entry => entry.Words.Contains(phrase)));
        }

        return ((string?)query["sort"] ?? "") switch
        {
            "" or "dueBy" => (entries.OrderBy(entry => entry.Urgency).ThenByDescending(entry => entry.ReceivedAt).ThenBy(entry => entry.Id), null),
            "newest" => (entries.OrderByDescending(entry => entry.ReceivedAt).ThenBy(entry => entry.Id), null),
            _ => (null, Problem.Of(CommonProblems.InvalidSort, detail: "dueBy, newest")),
        };
    }

    /// <summary>The day by the site's clock.</summary>
    public static DateOnly Today(Site site, TimeProvider time) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time.GetUtcNow(), site.Zone).DateTime);
}
