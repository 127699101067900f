using System.Text.Json;
using PortalServices.Testing;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;

namespace PortalServices.Acceptance.Tests.Running;

/// <summary>What a first start of Standalone shows.</summary>
public sealed class StartLinesTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_start_shows_the_doors_the_key_and_what_is_off_and_nothing_of_libraries()
    {
        var data = _folder.File("data");
        await using var host = await HostProcess.StartAsync(
            StandaloneShape.Project,
            [
                "--data",
                data,
                "--Kestrel:Endpoints:Public:Url=http://127.0.0.1:0",
                "--Kestrel:Endpoints:Operators:Url=http://127.0.0.1:0",
                "--Kestrel:Endpoints:Probe:Url=http://127.0.0.1:0",
            ],
            new Dictionary<string, string> { ["Logging__Console__FormatterName"] = "jsonLines" }
        );
        var logged = host
            .Output.Where(line => line.StartsWith('{'))
            .Select(line => JsonDocument.Parse(line).RootElement);
        Assert.All(
            logged,
            entry =>
            {
                Assert.StartsWith(
                    "PortalServices.",
                    entry.GetProperty("category").GetString(),
                    StringComparison.Ordinal
                );
                Assert.False(entry.TryGetProperty("exception", out _), entry.GetRawText());
            }
        );
        var shown = host.Output.Where(line => !line.StartsWith('{')).ToList();
        Assert.Equal(
            ["Operators", "Probe", "Public"],
            shown.Take(3).Select(line => line.Split(' ')[0]).Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            [
                $"The administrator's key is in {data}/operator.key",
                "Without a mail server (Mail:Host): nobody is written to",
                "Without a broker (ConnectionStrings:rabbitmq): events stay within this process",
                "Ready",
            ],
            shown.Skip(3)
        );
        Assert.Empty(host.Lines.Except(host.Output));
    }
}
