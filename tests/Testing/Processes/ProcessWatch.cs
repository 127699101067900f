using System.Diagnostics;

namespace PortalServices.Testing.Processes;

/// <summary>Notes the most that a process takes while this lives.</summary>
public sealed class ProcessWatch : IDisposable
{
    private readonly int _id;
    private readonly Timer _timer;

    /// <summary>Begins to watch.</summary>
    public ProcessWatch(int id)
    {
        _id = id;
        _timer = new Timer(_ => Look(), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
    }

    /// <summary>Most open file descriptors.</summary>
    public int MaxDescriptors { get; private set; }

    /// <summary>Most resident memory.</summary>
    public long MaxResidentBytes { get; private set; }

    /// <inheritdoc />
    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        try
        {
            MaxDescriptors = Math.Max(MaxDescriptors, Directory.EnumerateFileSystemEntries($"/proc/{_id}/fd").Count());
            using var process = Process.GetProcessById(_id);
            MaxResidentBytes = Math.Max(MaxResidentBytes, process.WorkingSet64);
        }
        catch (Exception gone)
            when (gone is IOException or ArgumentException or InvalidOperationException or UnauthorizedAccessException)
        {
            // It has ended: what was seen stays.
        }
    }
}
