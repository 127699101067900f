using System.Globalization;
using PortalServices.Testing;
using PortalServices.Testing.Processes;

namespace PortalServices.ViewRate;

/// <summary>The control that promises nothing: nginx counts in Lua, in a Redis of its own.</summary>
internal sealed class Nginx : IAsyncDisposable
{
    private const string Program = "/usr/sbin/nginx";
    private const string Settings = "load-tests/controls/nginx/nginx.conf";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryDirectory _folder;
    private readonly RedisServer _redis;
    private readonly ChildProcess _process;

    private Nginx(int port, TemporaryDirectory folder, RedisServer redis, ChildProcess process)
    {
        Door = new Uri($"http://127.0.0.1:{port}");
        (_folder, _redis, _process) = (folder, redis, process);
    }

    public Uri Door { get; }

    /// <summary>The address of its store.</summary>
    public string Redis => _redis.Address;

    public IReadOnlyDictionary<Part, IReadOnlyList<int>> Processes =>
        new Dictionary<Part, IReadOnlyList<int>> { [Part.Front] = [_process.Id], [Part.Store] = [_redis.Id] };

    public static async Task<Nginx> StartAsync(CancellationToken cancel)
    {
        var (folder, port) = (new TemporaryDirectory(), Ports.Free());
        var redis = await RedisServer.StartAsync("everysec");
        var settings = (await File.ReadAllTextAsync(Path.Combine(Repository.Root, Settings), cancel))
            .Replace("ROOT", folder.Path, StringComparison.Ordinal)
            .Replace("PORT", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("REDIS", redis.Address.Split(':')[1], StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder.File("nginx.conf"), settings, cancel);
        var process = await ChildProcess.StartAsync(Program, ["-p", folder.Path, "-c", folder.File("nginx.conf")]);
        var nginx = new Nginx(port, folder, redis, process);
        try
        {
            await nginx.WaitAsync(cancel);
            return nginx;
        }
        catch
        {
            await nginx.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        await _redis.DisposeAsync();
        _folder.Dispose();
    }

    private async Task WaitAsync(CancellationToken cancel)
    {
        using var client = new HttpClient();
        using var view = new StringContent("""{"page":"/ready"}""");
        var address = new Uri(Door, "/api/sites/ready/views");
        for (var since = TimeProvider.System.GetTimestamp(); ; )
        {
            try
            {
                using var reply = await client.PostAsync(address, view, cancel);
                if (reply.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                // It does not listen yet.
            }
            if (_process.HasExited || TimeProvider.System.GetElapsedTime(since) > Patience)
            {
                throw new LoadException($"nginx does not count:\n{_process.Tail()}");
            }
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancel);
        }
    }
}
