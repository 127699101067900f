namespace PortalServices.Standalone.Store;

/// <summary>
/// Whether a folder takes as much as the store writes at once. It is tried, for free space says nothing of quotas and
/// rights.
/// </summary>
internal static class DiskProbe
{
    /// <summary>One file of the log.</summary>
    public const int Bytes = StoreSettings.SegmentBytes;

    private const string Name = "disk-probe";

    /// <summary>Writes a file and removes it; what the disk says against it, or null.</summary>
    public static string? FindFault(string folder)
    {
        var path = Path.Combine(folder, Name);
        try
        {
            // Room is taken when it is written, not when it reaches the disk; waiting for that would make every start
            // slower.
            using (var file = PrivateFiles.Open(path, FileMode.Create, FileShare.None))
            {
                file.Write(new byte[Bytes]);
            }

            File.Delete(path);
            return null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            TryDelete(path);
            return refused.Message;
        }
    }

    // What is left takes the room of the store; it is overwritten at the next start.
    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // The fault that is told is the first one.
        }
    }
}
