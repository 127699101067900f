using PortalServices.Standalone.Backups;

namespace PortalServices.Standalone.Tests.Backups;

/// <summary>The notes of the log are read while the store writes new ones and removes old ones.</summary>
public sealed class StoreCopyTests
{
    [Fact]
    public void A_note_that_vanishes_is_replaced_by_the_one_behind_it()
    {
        Queue<string[]> lists = new([
            ["1", "2"],
            ["2", "3"],
            ["3"],
            ["3"],
            ["3"],
        ]);
        var read = StoreCopy.ReadAll(
            lists.Dequeue,
            name => name == "3" ? [3] : throw new FileNotFoundException($"Could not find file {name}")
        );
        Assert.Equal(["3"], read.Select(note => note.Path));
        // A list that has changed when it was read may have been of no moment.
        lists = new([
            ["1"],
            ["1", "2"],
            ["1", "2"],
            ["1", "2"],
        ]);
        Assert.Equal(["1", "2"], StoreCopy.ReadAll(lists.Dequeue, _ => []).Select(note => note.Path));
    }

    [Fact]
    public void Without_a_note_there_is_no_copy()
    {
        Assert.Throws<StartupException>(() => StoreCopy.ReadAll(() => [], _ => []));
        Assert.Throws<StartupException>(() => StoreCopy.ReadAll(() => ["1"], _ => throw new FileNotFoundException()));
        Assert.Empty(StoreCopy.ReadAll(() => [], _ => [], mayBeNone: true));
    }
}
