namespace PortalServices.Messaging.Bus;

/// <summary>A consumer as it was registered.</summary>
/// <param name="Service">The service it belongs to, whose dead letters it fills.</param>
/// <param name="Name">Its name, which is its queue's, too: <c>portal.content.show-views</c>.</param>
/// <param name="MaxQueued">Messages that may wait in its queue, where these are fewer than
/// <see cref="MessagingOptions.MaxQueued"/>.</param>
internal sealed record EventConsumer<TConsumer>(string Service, string Name, int? MaxQueued = null);
