namespace PortalServices.Http.Requests;

/// <summary>
/// The largest body of a route, as metadata of its endpoint, where the edge's usual limit does not fit. Not the
/// framework's own metadata: with that, the server breaks off the connection of who sends more instead of telling them.
/// </summary>
/// <param name="Bytes">From 0 on.</param>
public sealed record BodySizeLimit(long Bytes);
