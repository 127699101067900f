using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using PortalServices.Testing.Portal;
using PortalServices.UpgradeFixtures;

namespace PortalServices.Upgrade.Tests;

/// <summary>
/// Compares a reply with the one that another version gave. What a search found must be found, in whatever order and
/// with whatever else. Fields that a later version adds are fine; what was there must be there with the same value.
/// </summary>
internal static partial class SameReply
{
    /// <summary>
    /// For how long after the recording the finer steps of traffic must be there: they are kept for 3 and for 400 days,
    /// and their spans began up to 42 days before.
    /// </summary>
    private static readonly Dictionary<string, TimeSpan> KeptFor = new()
    {
        ["minute"] = TimeSpan.FromDays(2),
        ["hour"] = TimeSpan.FromDays(358),
    };

    /// <summary>
    /// How long mails that are done are kept at least: 90 days, less the hours in which they are cleaned away.
    /// </summary>
    private static readonly TimeSpan MailsAreKept = TimeSpan.FromDays(89);

    /// <summary>
    /// When it was asked, whether the store was there, who is online just then, and whether the due day is over.
    /// </summary>
    private static readonly string[] OfTheMoment = ["asOf", "stale", "online", "overdue"];

    /// <summary>What differs; nothing when all is as it was.</summary>
    /// <param name="recorded">The reply then.</param>
    /// <param name="present">The reply now.</param>
    /// <param name="then">When the other one was.</param>
    /// <param name="now">When this one was.</param>
    public static IEnumerable<string> Differences(
        RecordedRead recorded,
        Reply present,
        DateTimeOffset then,
        DateTimeOffset now
    )
    {
        if (MayBeKeptNoMore(recorded.Path, now - then) && (int)present.Status == 400 && present.Code == "span_not_kept")
        {
            return [];
        }

        List<string> found = [];
        Compare("status", recorded.Status, (int)present.Status);
        Compare("media type", recorded.MediaType, present.MediaType);
        Compare("Location", recorded.Location, present.Header("Location"));
        if (found.Count == 0 && recorded.MediaType == "application/json")
        {
            var (before, after) = (JsonElement.Parse(recorded.Body), present.Json);
            if (recorded.Path.Contains("q=", StringComparison.Ordinal))
            {
                CompareFound(before, after, found);
            }
            else
            {
                CompareJson(
                    "",
                    WithoutOldMails(recorded.Path, before, now),
                    WithoutOldMails(recorded.Path, after, now),
                    "",
                    found
                );
            }
        }
        else if (found.Count == 0 && recorded.Status == 200)
        {
            found.AddRange(Texts(recorded.Body).Except(Texts(present.Body)).Select(text => $"'{text}' is missing"));
        }
        return found.Select(each => $"{recorded.Path}: {each}");

        void Compare<T>(string what, T before, T after)
        {
            if (!EqualityComparer<T>.Default.Equals(before, after))
            {
                found.Add($"{what} was {before}, is {after}");
            }
        }
    }

    private static bool MayBeKeptNoMore(string path, TimeSpan age) =>
        Step().Match(path) is { Success: true } step
        && KeptFor.TryGetValue(step.Groups[1].Value, out var kept)
        && age > kept;

    /// <summary>
    /// Of mails, those that wait are kept for as long as they wait, and those that are done for a while only.
    /// </summary>
    private static JsonElement WithoutOldMails(string path, JsonElement list, DateTimeOffset now)
    {
        if (!path.EndsWith("/mails", StringComparison.Ordinal))
        {
            return list;
        }
        var items = list.GetProperty("items")
            .EnumerateArray()
            .Where(mail =>
                !mail.TryGetProperty("doneAt", out var done) || done.GetDateTimeOffset() > now - MailsAreKept
            )
            .ToArray();
        return JsonSerializer.SerializeToElement(new { items });
    }

    /// <summary>A later version may find more, and in a better order; what was found must be found.</summary>
    private static void CompareFound(JsonElement before, JsonElement now, List<string> found)
    {
        var present = now.GetProperty("items").EnumerateArray().ToList();
        foreach (var item in before.GetProperty("items").EnumerateArray())
        {
            var differences = present
                .Select(each =>
                {
                    List<string> of = [];
                    CompareJson("", item, each, "", of);
                    return of;
                })
                .ToList();
            if (!differences.Exists(of => of.Count == 0))
            {
                found.Add($"{item} is not found");
            }
        }
    }

    private static void CompareJson(string at, JsonElement before, JsonElement now, string parent, List<string> found)
    {
        if (before.ValueKind == JsonValueKind.Object && now.ValueKind == JsonValueKind.Object)
        {
            foreach (var field in before.EnumerateObject().Where(field => !MovesByTheClock(parent, field.Name)))
            {
                if (now.TryGetProperty(field.Name, out var value))
                {
                    CompareJson($"{at}.{field.Name}", field.Value, value, field.Name, found);
                }
                else if (!IsTakenBack(before, field.Name))
                {
                    found.Add($"{at}.{field.Name} is missing");
                }
            }
        }
        else if (
            before.ValueKind == JsonValueKind.Array
            && now.ValueKind == JsonValueKind.Array
            && before.GetArrayLength() == now.GetArrayLength()
        )
        {
            for (var i = 0; i < before.GetArrayLength(); i++)
            {
                CompareJson(string.Create(CultureInfo.InvariantCulture, $"{at}[{i}]"), before[i], now[i], "", found);
            }
        }
        else if (before.ValueKind == JsonValueKind.Array || before.ToString() != now.ToString())
        {
            found.Add($"{at} was {before}, is {now}");
        }
    }

    /// <summary>
    /// At the receipt, an answer was still shown once the feedback was opened again; operators see it as before
    /// (docs/upgrade.md).
    /// </summary>
    private static bool IsTakenBack(JsonElement feedback, string name) =>
        name is "answer" or "answeredAt" or "declineReason"
        && feedback.TryGetProperty("receipt", out _)
        && !feedback.TryGetProperty("fullName", out _)
        && feedback.TryGetProperty("status", out var status)
        && status.GetString() is "received" or "inProgress";

    /// <summary>
    /// Today and this week have become other days; what was counted in them is compared day by day, in traffic.
    /// </summary>
    private static bool MovesByTheClock(string parent, string name) =>
        OfTheMoment.Contains(name) || (name is "today" or "week" && parent is "views" or "visitors");

    /// <summary>The texts of a feed or a page, without their marks: other marks around them are no loss.</summary>
    private static HashSet<string> Texts(string marked) =>
        [.. Mark().Split(marked).Select(text => WebUtility.HtmlDecode(text).Trim()).Where(text => text.Length > 0)];

    [GeneratedRegex("[?&]step=([a-z]+)")]
    private static partial Regex Step();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Mark();
}
