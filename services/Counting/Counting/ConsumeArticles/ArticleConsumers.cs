using MassTransit;
using PortalServices.Contracts;

namespace PortalServices.Counting.ConsumeArticles;

/// <summary>Marks the pages of a published article, those under older slugs included.</summary>
internal sealed class PublishPageConsumer(KnownPages pages) : IConsumer<ArticlePublished>
{
    public Task Consume(ConsumeContext<ArticlePublished> context) =>
        pages.PublishAsync(
            context.Message.Site,
            context.Message.Article,
            context.Message.Version,
            [context.Message.Path, .. context.Message.PreviousPaths]
        );
}

/// <summary>Takes the marks of a withdrawn article away.</summary>
internal sealed class WithdrawPageConsumer(KnownPages pages) : IConsumer<ArticleWithdrawn>
{
    public Task Consume(ConsumeContext<ArticleWithdrawn> context) =>
        pages.WithdrawAsync(
            context.Message.Site,
            context.Message.Article,
            context.Message.Version,
            [context.Message.Path, .. context.Message.PreviousPaths]
        );
}
