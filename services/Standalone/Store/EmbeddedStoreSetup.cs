using System.Buffers.Text;
using System.Security.Cryptography;
using PortalServices.Counting;
using PortalServices.ServiceDefaults;
using PortalServices.ServiceDefaults.Health;
using PortalServices.ServiceDefaults.Settings;
using PortalServices.Standalone.Backups;

namespace PortalServices.Standalone.Store;

/// <summary>Puts the data folder, what is generated in it, and the store under the modules.</summary>
internal static class EmbeddedStoreSetup
{
    private const string Connection = "ConnectionStrings:redis";

    /// <summary>
    /// Takes the data folder, and leaves in the settings what the modules need of it. Before the modules are added: the
    /// store then starts before them and ends after them. A process that runs a command leaves the folder to the one
    /// that serves, unless the command is for the store itself.
    /// </summary>
    public static WebApplicationBuilder AddEmbeddedStore(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<DataOptions>(DataOptions.Section);
        builder.Services.AddValidatedOptions<StoreOptions>(StoreOptions.Section);
        switch (builder.CommandSwitch())
        {
            case null:
                break;
            case "--seed":
                throw new StartupException("--seed: this host loads its seeds at every start");
            case CountingSetup.NoteRestoredSwitch:
                throw new StartupException(
                    $"{CountingSetup.NoteRestoredSwitch}: {RestoreCommand.Name} of this host does that itself"
                );
            case RestoreCommand.Name:
                return builder.AddRestoreCommand();
            case CountingSetup.AcceptSecretSwitch:
                builder.Services.AddSingleton<IHostCommand, AcceptSecretInStore>();
                break;
            case BackupCommand.Name when builder.AddBackupCommand():
                break;
            default:
                return builder;
        }
        if (!string.IsNullOrEmpty(builder.Configuration[Connection]))
        {
            builder.Services.AddSingleton<IStartupCheck>(new OtherStoreCheck());
        }

        PrivateFiles.MaskWhatIsCreated();
        var data = DataFolder.Open(builder.Configuration[StandaloneArguments.DataFolder], Console.Error.WriteLine);
        SetMissing("Counting:VisitorSecret", () => PrivateFiles.ReadOrCreate(data.VisitorSecret, NewSecret));
        SetMissing("ConnectionStrings:content", () => $"Data Source={data.Content}");
        SetMissing("ConnectionStrings:feedback", () => $"Data Source={data.Feedback}");
        SetMissing("Counting:AcknowledgedFile", () => data.Acknowledged);
        AdministratorKey.Add(builder.Services, data);
        var socket = StoreSocket.Place(data.Store);
        builder.Configuration[Connection] = socket.ConnectionString;

        // By factories, so that the host disposes of them.
        builder.Services.AddSingleton(_ => data);
        builder.Services.AddSingleton(_ => socket);
        builder.Services.AddSingleton(new DataPlace(data.Store));
        builder.Services.AddSingleton<EmbeddedStore>();
        builder.Services.AddHostedService(services => services.GetRequiredService<EmbeddedStore>());
        builder.Services.AddSingleton<CheckpointWriter>();
        builder.Services.AddPeriodicWork<Checkpoints>().AddPeriodicWork<LogWatch>();
        builder.Services.AddBackups();
        return builder;

        void SetMissing(string key, Func<string> value)
        {
            if (string.IsNullOrEmpty(builder.Configuration[key]))
            {
                builder.Configuration[key] = value();
            }
        }
    }

    private sealed class OtherStoreCheck : IStartupCheck
    {
        public ValueTask<IEnumerable<string>> FindMistakesAsync() =>
            new([$"{Connection}: this host has its own store; run the separate services to use another"]);
    }

    private static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}
