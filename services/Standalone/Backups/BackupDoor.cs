using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text.Json;
using PortalServices.Standalone.Store;

namespace PortalServices.Standalone.Backups;

/// <summary>
/// Where this process is asked for a backup: a socket file of the owner's alone, beside the store's. One line of JSON is
/// the request (<see cref="BackupRequest"/>); each line of the answer begins with what it is: <see cref="Line"/>,
/// then <see cref="Done"/>, or <see cref="Failed"/>. A client that goes away ends the backup, and nothing is left of it.
/// </summary>
internal sealed partial class BackupDoor(
    StoreSocket socket,
    BackupWriter writer,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<BackupDoor> logger
) : IPeriodicWork, IDisposable
{
    /// <summary>Something that was done.</summary>
    public const char Line = '+';

    /// <summary>The backup is there.</summary>
    public const char Done = '=';

    /// <summary>Why there is none.</summary>
    public const char Failed = '!';

    private const int MaxRequest = 32 * 1024,
        MaxClients = 8;
    private static readonly TimeSpan RequestWithin = TimeSpan.FromSeconds(5),
        EndWithin = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<Task, bool> _served = new();
    private Socket? _listener;

    public string Name => "taking requests for backups";

    public async Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        if (_listener is null)
        {
            await StartedAsync(stopping);
            _listener = Listen(socket.BackupPath);
        }
        var client = await _listener.AcceptAsync(stopping);
        if (_served.Count >= MaxClients)
        {
            client.Dispose();
            return TimeSpan.Zero;
        }
        var served = Task.Run(() => ServeAsync(client, stopping), CancellationToken.None);
        _served[served] = true;
        _ = served.ContinueWith(
            task => _served.TryRemove(task, out _),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
        return TimeSpan.Zero;
    }

    public async Task EndAsync()
    {
        Dispose();
        // What is under way ends at its next step. A step that takes longer is left behind, as by a kill.
        await Task.WhenAny(Task.WhenAll(_served.Keys), Task.Delay(EndWithin, time));
    }

    public void Dispose() => _listener?.Dispose();

    // Before, counting may not have reached the store yet, and tables may be missing.
    private async Task StartedAsync(CancellationToken stopping)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (lifetime.ApplicationStarted.Register(() => started.TrySetResult()))
        {
            await started.Task.WaitAsync(stopping);
        }
    }

    private static Socket Listen(string path)
    {
        // What a killed process left.
        File.Delete(path);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(path));
            // The mask of the process let nobody else in meanwhile.
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
            listener.Listen();
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    private async Task ServeAsync(Socket client, CancellationToken stopping)
    {
        using var _ = client;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await using var stream = new NetworkStream(client);
        try
        {
            var request = await ReadAsync(stream, end.Token);
            // It sends no more: what comes is its end.
            var gone = EndWithAsync(stream, end);
            string answer;
            try
            {
                LogBegun(request.Folder);
                var lines = await writer.WriteAsync(request, end.Token);
                LogDone(request.Folder);
                answer = string.Concat(lines.Select(line => $"{Line}{line}\n")) + $"{Done}\n";
            }
            catch (StartupException refused)
            {
                LogRefused(refused.Message);
                answer = $"{Failed}{refused.Message}\n";
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                answer = $"{Failed}{BackupCommand.Name}: the process ends, and no backup was made\n";
            }
            await TryAnswerAsync(stream, answer);
            TryEndAnswer(client);
            await Task.WhenAny(gone, Task.Delay(RequestWithin, time, CancellationToken.None));
        }
#pragma warning disable CA1031 // No fault of a backup is one of the portal.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            if (failure is not OperationCanceledException)
            {
                LogFailed(failure);
                await TryAnswerAsync(
                    stream,
                    $"{Failed}{BackupCommand.Name}: {failure.Message.ReplaceLineEndings(" ")}\n"
                );
            }
        }
    }

    private async Task<BackupRequest> ReadAsync(NetworkStream stream, CancellationToken cancel)
    {
        var request = new byte[MaxRequest];
        var read = 0;
        while (read < request.Length && Array.IndexOf(request, (byte)'\n', 0, read) < 0)
        {
            var more = await stream
                .ReadAsync(request.AsMemory(read), cancel)
                .AsTask()
                .WaitAsync(RequestWithin, time, cancel);
            if (more == 0)
            {
                throw new OperationCanceledException("The client went away.");
            }
            read += more;
        }
        return JsonSerializer.Deserialize<BackupRequest>(request.AsSpan(0, read))
            ?? throw new InvalidDataException("The request is empty.");
    }

    private static async Task EndWithAsync(NetworkStream stream, CancellationTokenSource end)
    {
        try
        {
            var some = new byte[1];
            while (await stream.ReadAsync(some) > 0)
            {
                // Nothing is expected.
            }
            await end.CancelAsync();
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // It is gone, and so may be what was to be ended.
        }
    }

    private static void TryEndAnswer(Socket client)
    {
        try
        {
            client.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // Nobody waits for it.
        }
    }

    private static async Task TryAnswerAsync(NetworkStream stream, string answer)
    {
        try
        {
            await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(answer), CancellationToken.None);
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // Nobody waits for it.
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A backup is being written to {Folder}")]
    private partial void LogBegun(string folder);

    [LoggerMessage(Level = LogLevel.Information, Message = "The backup in {Folder} is written")]
    private partial void LogDone(string folder);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No backup was made. {Reason}")]
    private partial void LogRefused(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No backup was made")]
    private partial void LogFailed(Exception failure);
}
