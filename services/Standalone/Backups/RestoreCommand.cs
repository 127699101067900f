using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using PortalServices.Counting;
using PortalServices.Standalone.Store;

namespace PortalServices.Standalone.Backups;

/// <summary>
/// <c>--restore DIR [--restore-secrets DIR]</c>: puts a backup back into a data folder that holds nothing, once all of
/// it is what its manifest says: files, databases and ledgers.
/// </summary>
internal sealed class RestoreCommand(
    IServiceProvider services,
    IConfiguration configuration,
    IHostApplicationLifetime lifetime,
    TimeProvider time
) : IHostCommand
{
    public const string Name = "--restore",
        SecretsSwitch = "--restore-secrets";
    private const string VisitorSecret = "Counting:VisitorSecret",
        AcknowledgedFile = "Counting:AcknowledgedFile",
        Store = "ConnectionStrings:redis";

    public string Switch => Name;

    public bool TakesArguments => true;

    public async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        var request = BackupRequest.Read(args, SecretsSwitch);
        var place = services.GetRequiredService<RestorePlace>();
        request.CheckPlaces(Name, place.Path);
        foreach (var folder in (string?[])[request.Folder, request.Secrets])
        {
            if (folder is not null && !Directory.Exists(folder))
            {
                throw new StartupException($"{Name}: {folder} does not exist");
            }
        }
        var manifest = BackupManifest.Read(request.Folder, time);
        try
        {
            place.Begin();
            place.CheckRoom(manifest.Files.Sum(file => file.Bytes));
            await RestoreAsync(request, manifest, place, cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or DbException)
        {
            throw new StartupException($"{Name}: {failure.Message}");
        }
        finally
        {
            // Also what the store still holds open: the process ends.
            place.Dispose();
        }
        return 0;
    }

    private async Task RestoreAsync(
        BackupRequest request,
        BackupManifest manifest,
        RestorePlace place,
        CancellationToken cancel
    )
    {
        var (secret, operatorKey) = FindSecrets(request, place);
        if (secret is not null && BackupSecrets.FindOther(manifest, secret) is { } other)
        {
            throw new StartupException($"{Name}: the visitor secret is not the one that {other} was made with");
        }

        foreach (var file in manifest.Files)
        {
            await using var source = DurableFiles.OpenRead(Path.Combine(request.Folder, file.Path));
            var copied = await DurableFiles.CopyAsync(
                source,
                Path.Combine(place.Unfinished.Path, file.Path),
                long.MaxValue,
                cancel
            );
            if (copied != (file.Bytes, file.Hash))
            {
                throw new StartupException(
                    $"{Name}: {file.Path} is not what {BackupManifest.Name} says: it was changed"
                );
            }
        }
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"Files: {manifest.Files.Count} are what the manifest says")
        );
        await CheckAsync(BackupManifest.Content, place.Unfinished.Content, BackupWriter.ReadContentAsync);
        await CheckAsync(BackupManifest.Feedback, place.Unfinished.Feedback, BackupWriter.ReadFeedbackAsync);
        var notes = await CheckStoreAsync(manifest, place, secret, cancel);

        place.Add(secret, DataFolder.SecretsName, BackupSecrets.VisitorSecretName);
        place.Add(operatorKey, DataFolder.OperatorKeyName);
        place.Finish();
        foreach (var line in notes)
        {
            Console.WriteLine(line);
        }
        if (secret is null)
        {
            Console.WriteLine(
                $"Secrets: none. The ledger needs the one it was made with, in {place.File(DataFolder.SecretsName, BackupSecrets.VisitorSecretName)}; where it is lost, run this host once with {CountingSetup.AcceptSecretSwitch}"
            );
        }
        foreach (var name in (string[])[BackupManifest.Content, BackupManifest.Feedback])
        {
            if (!string.IsNullOrEmpty(configuration.GetConnectionString(name)))
            {
                Console.WriteLine(
                    $"ConnectionStrings:{name} names another place: put {place.File(name + ".db")} there before the start"
                );
            }
        }
        Console.WriteLine($"Restored the backup of {manifest.Instant.UtcDateTime:O} to {place.Path}");

        async Task CheckAsync(string part, string path, Func<DbConnection, CancellationToken, Task<JsonObject>> read)
        {
            DatabaseCopy.Check(Name, path);
            await using (var database = DatabaseCopy.OpenToRead(path))
            {
                Compare(part, await read(database, cancel));
            }
            Console.WriteLine($"{Path.GetFileName(path)}: whole, with the rows of the manifest");
        }

        void Compare(string part, JsonObject found)
        {
            if (manifest.FindDifference(part, found) is { } difference)
            {
                throw new StartupException($"{Name}: {difference}");
            }
        }
    }

    // The store is started on the copy, as it would be; it ends before the copy is put into its place.
    private async Task<IReadOnlyList<string>> CheckStoreAsync(
        BackupManifest manifest,
        RestorePlace place,
        string? secret,
        CancellationToken cancel
    )
    {
        configuration[Store] = place.Socket.ConnectionString;
        if (string.IsNullOrEmpty(configuration[AcknowledgedFile]))
        {
            configuration[AcknowledgedFile] = place.File(DataFolder.AcknowledgedName);
        }
        // Nothing is hashed; there has to be one.
        configuration[VisitorSecret] = secret ?? Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
        var store = services.GetRequiredService<EmbeddedStore>();
        await store.StartAsync(cancel);
        var noted = manifest.Totals(BackupManifest.Counting);
        if (
            manifest.FindDifference(BackupManifest.Counting, await services.ReadCountingTotalsAsync(noted)) is
            { } difference
        )
        {
            throw new StartupException($"{Name}: {difference}");
        }
        Console.WriteLine("store: its ledgers have the totals of the manifest");
        var lines = await services.NoteRestoredStoreAsync(noted, manifest.Instant);
        // The connection to it is to say nothing of the end.
        lifetime.StopApplication();
        await store.StopAsync(cancel);
        // As the next start looks at it.
        return EmbeddedStore.FindDamage(place.Unfinished.Store, out _) is { } damage
            ? throw new StartupException($"{Name}: the store does not start again once it was: {damage}")
            : lines;
    }

    // Those of the backup, or those that survived, or that the settings name.
    private (string? VisitorSecret, string? OperatorKey) FindSecrets(BackupRequest request, RestorePlace place)
    {
        var kept = BackupSecrets.ReadLine(place.File(DataFolder.SecretsName, BackupSecrets.VisitorSecretName));
        if (request.Secrets is not { } folder)
        {
            var ofSettings = configuration[VisitorSecret];
            return (string.IsNullOrEmpty(ofSettings) ? kept : ofSettings, null);
        }
        var secret =
            BackupSecrets.ReadLine(Path.Combine(folder, BackupSecrets.VisitorSecretName))
            ?? throw new StartupException($"{Name}: {folder} holds no {BackupSecrets.VisitorSecretName}");
        return kept is null || kept == secret
            ? (secret, BackupSecrets.ReadLine(Path.Combine(folder, BackupSecrets.OperatorKeyName)))
            : throw new StartupException(
                $"{Name}: {place.File(DataFolder.SecretsName, BackupSecrets.VisitorSecretName)} holds another secret than {folder}"
            );
    }
}
