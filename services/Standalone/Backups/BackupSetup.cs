using PortalServices.Standalone.Store;

namespace PortalServices.Standalone.Backups;

/// <summary>Puts backups into the host: for the process that serves, and for the two commands.</summary>
internal static class BackupSetup
{
    /// <summary>For a process that has the data folder: it can write backups of it.</summary>
    public static IServiceCollection AddBackups(this IServiceCollection services) =>
        services.AddSingleton<BackupWriter>().AddPeriodicWork<BackupDoor>();

    /// <summary>For <c>--backup</c>. False where another process runs on the folder, and is asked.</summary>
    public static bool AddBackupCommand(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IHostCommand, BackupCommand>();
        var path = DataFolder.PathOf(builder.Configuration[StandaloneArguments.DataFolder]);
        if (DataFolder.IsTaken(path))
        {
            return false;
        }
        foreach (var name in NamesIn(builder.Configuration))
        {
            if (!Path.Exists(Path.Combine(path, name)))
            {
                throw new StartupException(
                    $"{BackupCommand.Name}: {path} holds no {name}: name the folder with --data"
                );
            }
        }
        if (
            string.IsNullOrEmpty(builder.Configuration["Counting:VisitorSecret"])
            && !File.Exists(Path.Combine(path, DataFolder.SecretsName, BackupSecrets.VisitorSecretName))
        )
        {
            throw new StartupException(
                $"{BackupCommand.Name}: the visitor secret is missing in {path}: put it back, or start once without it"
            );
        }
        return true;
    }

    // Databases may be elsewhere.
    private static IEnumerable<string> NamesIn(IConfiguration settings)
    {
        yield return DataFolder.StoreName;
        if (string.IsNullOrEmpty(settings.GetConnectionString(BackupManifest.Content)))
        {
            yield return DataFolder.ContentName;
        }
        if (string.IsNullOrEmpty(settings.GetConnectionString(BackupManifest.Feedback)))
        {
            yield return DataFolder.FeedbackName;
        }
    }

    /// <summary>For <c>--restore</c>: a store in a folder that is made by the command.</summary>
    public static WebApplicationBuilder AddRestoreCommand(this WebApplicationBuilder builder)
    {
        PrivateFiles.MaskWhatIsCreated();
        builder
            .Services.AddSingleton<RestorePlace>()
            .AddSingleton<IHostCommand, RestoreCommand>()
            .AddSingleton(services => services.GetRequiredService<RestorePlace>().Unfinished)
            .AddSingleton(services => services.GetRequiredService<RestorePlace>().Socket)
            .AddSingleton<EmbeddedStore>();
        return builder;
    }
}
