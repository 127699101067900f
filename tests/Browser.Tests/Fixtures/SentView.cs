namespace PortalServices.Browser.Tests.Fixtures;

/// <summary>A view as a page sent it.</summary>
/// <param name="Page">The name of the page.</param>
/// <param name="View">The id.</param>
/// <param name="Age">Milliseconds since it was first sent.</param>
/// <param name="Referrer">Where the visitor came from.</param>
public sealed record SentView(string Page, string View, long Age, string? Referrer = null);
