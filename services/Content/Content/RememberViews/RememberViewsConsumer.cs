using MassTransit;
using Microsoft.EntityFrameworkCore;
using PortalServices.Content.Storage;
using PortalServices.Contracts;
using PortalServices.Messaging.Bus;

namespace PortalServices.Content.RememberViews;

/// <summary>
/// Keeps the last state of a site's ledger, and tells what it kept before a later epoch takes its place: counting then
/// sees what its store lost.
/// </summary>
internal sealed class RememberViewsConsumer(ContentContext database, EventAnnouncer events)
    : IConsumer<SiteViewsCounted>
{
    public Task Consume(ConsumeContext<SiteViewsCounted> context) =>
        RememberAsync(
            database,
            context.Message,
            remembered => events.TryPublishAsync(remembered, context.CancellationToken),
            context.CancellationToken
        );

    /// <summary>Telling what was kept before is false when it is not certain that it was handed over.</summary>
    internal static async Task RememberAsync(
        ContentContext database,
        SiteViewsCounted counted,
        Func<SiteViewsRemembered, Task<bool>> tell,
        CancellationToken cancel
    )
    {
        var kept = await database
            .SiteViews.AsNoTracking()
            .FirstOrDefaultAsync(each => each.Site == counted.Site, cancel);
        if (kept is not null && (counted.Recall || counted.Epoch > kept.Epoch))
        {
            var remembered = new SiteViewsRemembered
            {
                Site = kept.Site,
                Views = kept.Views,
                Epoch = kept.Epoch,
                Commit = kept.Commit,
            };
            // Not told, it stays: counting tells its state again soon.
            if (!await tell(remembered))
            {
                return;
            }
        }

        if (counted.Epoch > 0)
        {
            await database.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO "SiteViews" ("Site", "Views", "Epoch", "Commit") VALUES ({counted.Site}, {counted.Views}, {counted.Epoch}, {counted.Commit})
                ON CONFLICT ("Site") DO UPDATE SET "Views" = excluded."Views", "Epoch" = excluded."Epoch", "Commit" = excluded."Commit"
                WHERE (excluded."Epoch", excluded."Commit") > ("SiteViews"."Epoch", "SiteViews"."Commit")
                """,
                cancel
            );
        }
    }
}
