using MassTransit;
using PortalServices.Content.Storage;
using PortalServices.Contracts;

namespace PortalServices.Content.AnnounceArticles;

/// <summary>Has the articles of a site announced again, soon and by whichever replica comes first.</summary>
internal sealed class AnnounceArticlesConsumer(ContentContext database, SiteList sites, TimeProvider time)
    : IConsumer<PublishedPagesRequested>
{
    public Task Consume(ConsumeContext<PublishedPagesRequested> context) =>
        sites.TryGet(context.Message.Site, out var site)
            ? new AnnouncementTurns(database).RequestAsync([site.Id], time.GetUtcNow(), context.CancellationToken)
            : Task.CompletedTask;
}
