using System.Text.Json;
using PortalServices.Testing;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;

namespace PortalServices.ViewRate;

/// <summary>The yardstick: bare YARP in front of an endpoint that reads the body and answers 204.</summary>
internal sealed class Control : IAsyncDisposable
{
    public const string Project = "load-tests/controls/BareYarp";
    private readonly HostProcess _backend;
    private readonly HostProcess _proxy;

    private Control(Uri door, HostProcess proxy, HostProcess backend) =>
        (Door, _proxy, _backend) = (door, proxy, backend);

    public Uri Door { get; }

    public IReadOnlyDictionary<Part, IReadOnlyList<int>> Processes =>
        new Dictionary<Part, IReadOnlyList<int>> { [Part.Front] = [_proxy.Id], [Part.Back] = [_backend.Id] };

    /// <param name="isStock">With YARP's own settings: HTTP/1.1 to the endpoint.</param>
    public static async Task<Control> StartAsync(bool isStock = false)
    {
        var stock = $"--Stock={isStock}";
        CheckRuntime(ServicesShape.Project);
        CheckRuntime(CountingReplica.Project);
        var (door, inside) = ($"http://127.0.0.1:{Ports.Free()}", $"http://127.0.0.1:{Ports.Free()}");
        var backend = await HostProcess.StartAsync(Project, ["--Role=backend", $"--Door={inside}", stock]);
        try
        {
            return new Control(
                new Uri(door),
                await HostProcess.StartAsync(Project, ["--Role=proxy", $"--Door={door}", $"--Backend={inside}", stock]),
                backend
            );
        }
        catch
        {
            await backend.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _backend.DisposeAsync();
    }

    /// <summary>
    /// A knob of the runtime that only one of the two sides had would be measured as if it were the product.
    /// </summary>
    private static void CheckRuntime(string host)
    {
        if (Runtime(host) != Runtime(Project))
        {
            throw new LoadException(
                $"{host} and {Project} are built with different settings of the runtime:\n{Runtime(host)}\n{Runtime(Project)}"
            );
        }
    }

    // A switch that is called …IsSupported says which features are built in, for whoever publishes without the others;
    // packages bring some. It is no knob.
    private static string Runtime(string project)
    {
        using var settings = JsonDocument.Parse(
            File.ReadAllText(Path.ChangeExtension(Repository.Program(project), ".runtimeconfig.json"))
        );
        var options = settings.RootElement.GetProperty("runtimeOptions");
        var knobs = options
            .GetProperty("configProperties")
            .EnumerateObject()
            .Where(each =>
                !each.Name.EndsWith(".IsSupported", StringComparison.Ordinal)
                // Saves memory at the price of more collections: the control does not pay it.
                && each.Name != "System.GC.Gen0MaxBudget"
            );
        return $"{options.GetProperty("tfm")} {options.GetProperty("frameworks")} {string.Join(", ", knobs.Select(each => $"{each.Name}={each.Value}").Order(StringComparer.Ordinal))}";
    }
}
