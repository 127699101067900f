using System.Globalization;
using System.Net;
using PortalServices.Testing;
using PortalServices.Testing.Attack;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;

namespace PortalServices.Crash.Tests.Attacks;

/// <summary>
/// Three times as many hostile connections of each kind as there are places: ordinary clients are served, and the
/// process takes no more than it may.
/// </summary>
public sealed class ConnectionAttackTests
{
    private const string Site = "site";
    private const int OrdinaryClients = 10,
        RequestsOfEach = 200,
        Addresses = 24;

    // The heap of a container of 512 MiB; the descriptors of a careless service manager.
    private static readonly HostLimits Limits = new(Descriptors: 900, HeapBytes: 384L << 20);
    private static readonly PortalSettings Settings = new() { Sites = [new(Site)], Limits = Limits };
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(LongRun.IsOn ? 60 : 5);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Rows]
    [UsualRow(false)]
    [LongRow(true)]
    public async Task Ordinary_clients_are_served_beside_hostile_ones(bool standalone)
    {
        await using IPortalShape portal = standalone
            ? await StandaloneShape.StartNewAsync(Settings)
            : await ServicesShape.StartNewAsync(Settings);
        var places = Places(portal.Process);
        var ordinary = new OrdinaryClients(portal.PublicDoor, Site, OrdinaryClients);
        await ordinary.ConnectAsync(Cancel);

        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var hostile = new HostileClients(portal.PublicDoor.Door, Site, Addresses);
        var attack = hostile.RunAsync(places, end.Token);
        await Eventually.HoldsAsync(() => hostile.Opened > places, "the attack has begun", Cancel);
        using var watch = new ProcessWatch(portal.Process.Id);
        var served = await ordinary.RunAsync(RequestsOfEach, Length, Cancel);
        // Who comes only now finds a place, too: at an address of its own.
        var late = new OrdinaryClients(portal.PublicDoor, Site, OrdinaryClients, first: 100);
        await late.ConnectAsync(Cancel);
        await end.CancelAsync();
        await attack;

        Assert.Equal(OrdinaryClients * RequestsOfEach, served);
        Assert.False(portal.Process.HasExited);
        Assert.True(watch.MaxDescriptors < Limits.Descriptors, $"{watch.MaxDescriptors} descriptors");
        // The heap ends at its limit by itself; what lies beside it must not grow either.
        Assert.True(watch.MaxResidentBytes < 768L << 20, $"{watch.MaxResidentBytes >> 20} MiB");
        Assert.DoesNotContain(portal.Process.Lines, line => line.Contains(" fail: ", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await portal.ProbeDoor.GetAsync("/health/ready", Cancel)).Status);
    }

    private static int Places(HostProcess process)
    {
        const string Before = "Up to ",
            After = " connections at the public door";
        var line = process.Lines.First(each => each.Contains(After, StringComparison.Ordinal));
        var start = line.IndexOf(Before, StringComparison.Ordinal) + Before.Length;
        return int.Parse(
            line.AsSpan(start, line.IndexOf(After, StringComparison.Ordinal) - start),
            CultureInfo.InvariantCulture
        );
    }
}
