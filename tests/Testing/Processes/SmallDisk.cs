using System.Globalization;

namespace PortalServices.Testing.Processes;

/// <summary>
/// A disk of a few megabytes, in memory, at a folder that only the processes see that are started on it: a mount
/// namespace that lives as long as this.
/// </summary>
public sealed class SmallDisk : IAsyncDisposable
{
    private const string Ready = "mounted";

    private readonly ChildProcess _holder;
    private readonly string _folder;

    private SmallDisk(ChildProcess holder, string folder) => (_holder, _folder) = (holder, folder);

    /// <summary>Put before a command, it starts on the disk.</summary>
    public IReadOnlyList<string> Command =>
        [
            "nsenter",
            "--preserve-credentials",
            "--user",
            "--mount",
            "--target",
            _holder.Id.ToString(CultureInfo.InvariantCulture),
            // A process that enters a namespace is no longer tied to its parent.
            "setpriv",
            "--pdeathsig",
            "KILL",
        ];

    /// <summary>Mounts one over a folder that is there; null where the machine forbids it.</summary>
    public static async Task<SmallDisk?> MountAsync(string folder, int megabytes)
    {
        var mounted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var holder = await ChildProcess.StartAsync(
            "unshare",
            [
                "--user",
                "--map-root-user",
                "--mount",
                "sh",
                "-c",
                $"mount -t tmpfs -o size={megabytes}m tmpfs \"$0\" && echo {Ready} && exec sleep infinity",
                folder,
            ],
            onLine: line =>
            {
                if (line == Ready)
                {
                    mounted.TrySetResult();
                }
            }
        );
        if (await Task.WhenAny(mounted.Task, holder.WaitForExitAsync(TimeSpan.FromMinutes(1))) == mounted.Task)
        {
            return new SmallDisk(holder, folder);
        }
        await holder.DisposeAsync();
        return null;
    }

    /// <summary>Where the tests see a file of the disk.</summary>
    public string File(string name) =>
        Path.Combine(string.Create(CultureInfo.InvariantCulture, $"/proc/{_holder.Id}/root{_folder}"), name);

    /// <summary>Fills it with a file.</summary>
    /// <param name="leaves">So many bytes, or a few more, are left.</param>
    public void Fill(int leaves = 0)
    {
        using var file = new FileStream(File("fill"), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var some = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(some);
            }
        }
        catch (IOException)
        {
            file.SetLength(file.Length - leaves);
        }
    }

    /// <summary>Removes the file that fills it.</summary>
    public void Empty() => System.IO.File.Delete(File("fill"));

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _holder.DisposeAsync();
}
