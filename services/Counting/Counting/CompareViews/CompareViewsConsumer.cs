using MassTransit;
using PortalServices.Contracts;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.ReportStoreLoss;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.CompareViews;

/// <summary>Compares what content kept of a ledger with the ledger.</summary>
internal sealed class CompareViewsConsumer(SiteList sites, AcknowledgedStates acknowledged, StoreLosses losses)
    : IConsumer<SiteViewsRemembered>
{
    public async Task Consume(ConsumeContext<SiteViewsRemembered> context)
    {
        var kept = context.Message;
        if (!sites.TryGet(kept.Site, out _))
        {
            return;
        }

        var state = new LedgerState(new LedgerVersion(kept.Epoch, kept.Commit), kept.Views);
        acknowledged.Expect(kept.Site, state);
        // The watch compares it when the store is back.
        await StoreFailure.TryAsync(() => losses.CompareAsync(kept.Site, state));
    }
}
