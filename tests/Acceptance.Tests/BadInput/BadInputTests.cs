using System.Net;
using PortalServices.Acceptance.Tests.Documents;
using PortalServices.Acceptance.Tests.Doors;
using PortalServices.Testing.Store;

namespace PortalServices.Acceptance.Tests.BadInput;

/// <summary>Whatever is wrong is said with a code, and leaves the store as it was, byte by byte.</summary>
[Collection(nameof(Undisturbed))]
public sealed class BadInputTests(Portals portals)
{
    public static TheoryData<Shape, string> Rows =>
        new MatrixTheoryData<Shape, string>(Enum.GetValues<Shape>(), BadRequest.All.Keys);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Rows))]
    public async Task Bad_input_is_a_problem_with_a_code_and_changes_nothing(Shape shape, string input)
    {
        var portal = await portals.InAsync(shape);
        var bad = BadRequest.All[input];
        var site = portal.NewSite();
        await using var store = await portal.Shape.ConnectToStoreAsync();
        await bad.Prepare(portal, site, store, Cancel);
        var before = await StoreDump.ReadAsync(store);

        var reply = await bad.Send(portal, site, Cancel);

        DoorTests.AssertProblem((HttpStatusCode)bad.Status, bad.Code, reply);
        Assert.Equal(before, await StoreDump.ReadAsync(store));
        // What is not there at all at a door is in no document.
        if (bad.Code != "not_found")
        {
            Assert.Contains(bad.Code, ApprovedDocument.CodesFor(reply));
        }
    }
}

/// <summary>Tests that compare the whole store run while no other does.</summary>
[CollectionDefinition(nameof(Undisturbed), DisableParallelization = true)]
public sealed class Undisturbed;
