namespace PortalServices.Content;

/// <summary>Where content stands in the process.</summary>
internal static class ContentService
{
    /// <summary>Its name in addresses, queues, documents and settings.</summary>
    public const string Name = "content";
}
