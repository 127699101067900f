namespace PortalServices.ServiceDefaults.Health;

/// <summary>
/// <c>--health</c>: asks the process that runs with the same settings whether it is ready, for images without a shell
/// or a client.
/// </summary>
internal sealed class HealthCommand(DoorList doors) : IHostCommand
{
    public string Switch => "--health";

    public async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        var door =
            doors.Address(Door.Probe)
            ?? throw new StartupException("Kestrel:Endpoints:Probe:Url: --health asks this door, and it is not set");
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            using var reply = await client.GetAsync(new Uri(door, HealthEndpoints.Ready), cancellationToken);
            Console.WriteLine(await reply.Content.ReadAsStringAsync(cancellationToken));
            return reply.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception unreachable) when (unreachable is HttpRequestException or TaskCanceledException)
        {
            throw new StartupException($"{door}: {unreachable.Message}");
        }
    }
}
