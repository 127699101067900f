using System.Net;
using PortalServices.Acceptance.Tests.Documents;
using PortalServices.Acceptance.Tests.Doors;
using PortalServices.Testing;
using PortalServices.Testing.Store;

namespace PortalServices.Acceptance.Tests.BadInput;

/// <summary>Whatever is wrong is said with a code, and leaves the store as it was, byte by byte.</summary>
[Collection(nameof(Undisturbed))]
public sealed class BadInputTests(Portals portals)
{
    public static TheoryData<Shape, string> Rows =>
        new MatrixTheoryData<Shape, string>(Variants.Of(Shapes.Whole, Shape.Standalone), BadRequest.All.Keys);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Rows))]
    public async Task Bad_input_is_a_problem_with_a_code_and_changes_nothing(Shape shape, string input)
    {
        var portal = await portals.InAsync(shape);
        var bad = BadRequest.All[input];
        var store = portal.Store;
        var moved = true;
        for (var attempt = 1; moved; attempt++)
        {
            // What needs nothing there and leaves nothing there can have the site of the one before.
            var site = bad.Prepare is null ? Portal.SiteOfNothing : portal.NewSite();
            await (bad.Prepare?.Invoke(portal, site, store, Cancel) ?? Task.CompletedTask);
            var before = await StoreDump.ReadAsync(store);

            var reply = await bad.Send(portal, site, Cancel);

            DoorTests.AssertProblem((HttpStatusCode)bad.Status, bad.Code, reply);
            // What is not there at all at a door is in no document.
            if (bad.Code != "not_found")
            {
                Assert.Contains(bad.Code, ApprovedDocument.CodesFor(reply));
            }
            var after = await StoreDump.ReadAsync(store);
            Assert.Empty(after.Keys.Except(before.Keys));
            var changed = before.Where(entry => after.GetValueOrDefault(entry.Key) != entry.Value).ToList();
            // The clock may have moved another site meanwhile: an hour ended, a key expired. Then it is tried again.
            moved = changed.Count > 0 && !changed.Exists(entry => IsOf(site, entry.Key)) && attempt < 5;
            Assert.True(moved || changed.Count == 0, $"Changed: {string.Join(", ", changed)}");
        }
    }

    private static bool IsOf(string site, string key) => key.StartsWith($"{{{site}}}", StringComparison.Ordinal);
}

/// <summary>Tests that compare the whole store run while no other does.</summary>
[CollectionDefinition(nameof(Undisturbed), DisableParallelization = true)]
public sealed class Undisturbed;
