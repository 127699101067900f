using MassTransit;
using PortalServices.Contracts;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.ConsumeArticles;

/// <summary>
/// Marks pages as published or withdrawn where the ledger does not know it, as after its store was lost or set back.
/// What it cannot take is left out, and is no dead letter: it comes again every ten minutes.
/// </summary>
internal sealed partial class RestoreMarksConsumer(KnownPages pages, ILogger<RestoreMarksConsumer> logger)
    : IConsumer<PublicationsAnnounced>
{
    public async Task Consume(ConsumeContext<PublicationsAnnounced> context)
    {
        var (site, articles) = (context.Message.Site, context.Message.Articles);
        int restored,
            refused;
        try
        {
            (restored, refused) = await pages.RestoreAsync(
                site,
                [
                    .. articles.Select(each => new ArticleMark(
                        each.Article,
                        each.Version,
                        each.IsPublished,
                        [.. each.Paths.Distinct(StringComparer.Ordinal)]
                    )),
                ]
            );
        }
        catch (DamagedLedgerException)
        {
            // It was told, and this comes again.
            return;
        }

        if (restored > 0)
        {
            LogRestored(restored, site);
        }

        if (refused > 0)
        {
            LogRefused(refused, site);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "The marks of {Articles} articles of {Site} were not in the ledger, and are now."
    )]
    private partial void LogRestored(int articles, string site);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Articles} articles that content announced for {Site} cannot be marked here: the site is unknown, or a page or the version is none."
    )]
    private partial void LogRefused(int articles, string site);
}
