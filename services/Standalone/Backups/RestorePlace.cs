using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using PortalServices.Standalone.Store;

namespace PortalServices.Standalone.Backups;

/// <summary>
/// The data folder that a backup is put back into. All is made in a folder inside it, which no start takes for data and
/// which is there as long as anything is not in its place: a killed restore leaves a folder that is refused, and that
/// the next restore clears.
/// </summary>
internal sealed class RestorePlace(IConfiguration configuration) : IDisposable
{
    // What a start could take for data.
    private static readonly string[] Restored = [DataFolder.StoreName, DataFolder.ContentName, DataFolder.FeedbackName];

    // What may have survived the loss of the rest.
    private static readonly string[] Kept =
    [
        DataFolder.AcknowledgedName,
        DataFolder.AcknowledgedName + ".new",
        DataFolder.SecretsName,
        DataFolder.OperatorKeyName,
        // Of a restore that was killed while it was written.
        DataFolder.OperatorKeyName + ".new",
        "lost+found",
    ];

    private static readonly string[] Secrets =
    [
        System.IO.Path.Combine(DataFolder.SecretsName, BackupSecrets.VisitorSecretName),
        DataFolder.OperatorKeyName,
    ];
    private IDisposable? _lock;
    private DataFolder? _unfinished;
    private StoreSocket? _socket;
    private bool _isNew,
        _isDone;

    /// <summary>The data folder.</summary>
    public string Path { get; } = DataFolder.PathOf(configuration[StandaloneArguments.DataFolder]);

    /// <summary>What is put back, before it is in its place.</summary>
    public DataFolder Unfinished => _unfinished ?? throw new InvalidOperationException("Nothing is begun.");

    /// <summary>The socket of its store.</summary>
    public StoreSocket Socket => _socket ??= StoreSocket.Place(Unfinished.Store);

    /// <summary>A file of the data folder.</summary>
    public string File(params string[] names) => System.IO.Path.Combine([Path, .. names]);

    /// <summary>Takes the folder.</summary>
    /// <exception cref="StartupException">It is in use, or holds something.</exception>
    [MemberNotNull(nameof(_unfinished))]
    public void Begin()
    {
        if (!Directory.Exists(System.IO.Path.GetDirectoryName(Path)))
        {
            throw new StartupException($"--data: the folder above {Path} does not exist");
        }
        _isNew = !Directory.Exists(Path);
        if (!_isNew && FindOther() is { } other)
        {
            throw new StartupException(
                $"{RestoreCommand.Name}: {Path} is not empty, it holds {other}: name an empty folder with --data, or move it away"
            );
        }
        PrivateFiles.CreateFolder(Path);
        // A folder that was there may be open to others.
        _ = PrivateFiles.Correct(Path);
        _lock = DataFolder.Take(Path);
        Clear();
        PrivateFiles.CreateFolder(File(DataFolder.UnfinishedName));
        DurableFiles.FlushFolder(Path);
        _unfinished = DataFolder.Open(File(DataFolder.UnfinishedName));
    }

    /// <summary>Before anything is copied.</summary>
    /// <exception cref="StartupException">The disk has no room for so much.</exception>
    public void CheckRoom(long bytes)
    {
        if (new DriveInfo(Path).AvailableFreeSpace is var free && free < bytes)
        {
            throw new StartupException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{RestoreCommand.Name}: the backup has {bytes} bytes, and {free} are free at {Path}"
                )
            );
        }
    }

    /// <summary>
    /// Puts a secret into the data folder when all is put into its place; nothing where the folder has one already.
    /// </summary>
    /// <param name="line">The secret; null for none.</param>
    /// <param name="names">Its file.</param>
    public void Add(string? line, params string[] names)
    {
        if (line is not null && !System.IO.File.Exists(File(names)))
        {
            PrivateFiles.ReadOrCreate(System.IO.Path.Combine([Unfinished.Path, .. names]), () => line);
        }
    }

    /// <summary>Puts everything into its place. The store has ended.</summary>
    public void Finish()
    {
        _socket?.Dispose();
        foreach (var folder in Directory.EnumerateDirectories(Unfinished.Path, "*", SearchOption.AllDirectories))
        {
            DurableFiles.FlushFolder(folder);
        }
        DurableFiles.FlushFolder(Unfinished.Path);
        // Copies: as long as the others are there, it is known which are this restore's own.
        foreach (var name in Secrets.Where(IsAdded))
        {
            var line = System.IO.File.ReadAllText(System.IO.Path.Combine(Unfinished.Path, name)).Trim();
            PrivateFiles.ReadOrCreate(File(name), () => line);
            DurableFiles.FlushFolder(System.IO.Path.GetDirectoryName(File(name))!);
        }
        foreach (var name in Restored)
        {
            Directory.Move(System.IO.Path.Combine(Unfinished.Path, name), File(name));
        }
        DurableFiles.FlushFolder(Path);
        Unfinished.Dispose();
        Directory.Delete(Unfinished.Path, recursive: true);
        DurableFiles.FlushFolder(Path);
        _isDone = true;
    }

    /// <summary>Leaves nothing of what is not finished.</summary>
    public void Dispose()
    {
        _socket?.Dispose();
        _unfinished?.Dispose();
        if (_lock is null)
        {
            return;
        }
        if (!_isDone)
        {
            Clear();
        }
        _lock.Dispose();
        _lock = null;
        if (!_isDone && _isNew)
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    private string? FindOther() =>
        Directory
            .EnumerateFileSystemEntries(Path)
            .Select(entry => System.IO.Path.GetFileName(entry))
            .FirstOrDefault(name =>
                !DataFolder.IsLock(name)
                && !Kept.Contains(name)
                // What a killed restore had in place already.
                && !(
                    Directory.Exists(File(DataFolder.UnfinishedName))
                    && (name == DataFolder.UnfinishedName || Restored.Contains(name))
                )
            );

    private bool IsAdded(string name) =>
        System.IO.File.Exists(System.IO.Path.Combine(File(DataFolder.UnfinishedName), name));

    // First what a start could take for data, last what tells what it is.
    private void Clear()
    {
        if (!Directory.Exists(File(DataFolder.UnfinishedName)))
        {
            return;
        }
        foreach (var name in Restored)
        {
            if (Directory.Exists(File(name)))
            {
                Directory.Delete(File(name), recursive: true);
            }
            System.IO.File.Delete(File(name));
        }
        foreach (var name in Secrets.Where(IsAdded))
        {
            System.IO.File.Delete(File(name));
        }
        if (
            Directory.Exists(File(DataFolder.SecretsName))
            && !Directory.EnumerateFileSystemEntries(File(DataFolder.SecretsName)).Any()
        )
        {
            Directory.Delete(File(DataFolder.SecretsName));
        }
        Directory.Delete(File(DataFolder.UnfinishedName), recursive: true);
    }
}
