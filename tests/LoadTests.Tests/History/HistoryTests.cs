using PortalServices.LoadTests.History;
using PortalServices.LoadTests.Sending;
using PortalServices.LoadTests.Verify;
using PortalServices.Testing;

namespace PortalServices.LoadTests.Tests.History;

public sealed class HistoryTests : IDisposable
{
    private static readonly HistoryHeader Header = new(
        "abcd1234",
        new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero),
        [new Uri("http://127.0.0.1:1/")],
        ["loadtest"]
    );

    private readonly TemporaryDirectory _folder = new();

    private string File => _folder.File("h");

    [Fact]
    public void What_was_written_is_read()
    {
        WriteSome();
        Assert.Equivalent(Header, HistoryFile.ReadHeader(File));
        var states = ViewStates.Read(File, Header);
        Assert.Equal(
            (5, 2, 1, true, 0L),
            (states.Sent, states.AcknowledgedViews, states.Resolved, states.IsComplete, states.Unreadable)
        );
        var open = states.Open.OrderBy(view => view.Id.Sequence).ToList();
        Assert.Equal([(2L, true), (3L, false), (4L, true)], open.Select(view => (view.Id.Sequence, view.MayBeCounted)));
        var fault = Assert.Single(states.Faults);
        Assert.Equal(("redis 1", 7L), (fault.Part, fault.InFlight));
        Assert.NotNull(fault.To);
    }

    [Fact]
    public void A_file_that_is_cut_anywhere_is_read_up_to_there()
    {
        WriteSome();
        var whole = System.IO.File.ReadAllBytes(File);
        var all = ViewStates.Read(File, Header);
        var head = Array.IndexOf(whole, (byte)'\n') + 1;
        for (var length = head; length < whole.Length; length++)
        {
            System.IO.File.WriteAllBytes(File, whole[..length]);
            var cut = ViewStates.Read(File, Header);
            Assert.False(cut.IsComplete, $"cut at {length}");
            Assert.InRange(cut.Sent, 0, all.Sent);
            Assert.InRange(cut.AcknowledgedViews, 0, all.AcknowledgedViews);
            Assert.Equal(whole[length - 1] == '\n' ? 0 : 1, cut.Unreadable);
        }
    }

    [Fact]
    public void A_file_with_a_hole_is_not_complete()
    {
        WriteSome();
        var lines = System.IO.File.ReadAllLines(File);
        System.IO.File.WriteAllLines(File, [.. lines[..3], .. lines[4..]]);
        Assert.False(ViewStates.Read(File, Header).IsComplete);
        System.IO.File.WriteAllLines(File, [.. lines[..3], "i 1 x", .. lines[3..]]);
        var damaged = ViewStates.Read(File, Header);
        Assert.Equal((1, false), (damaged.Unreadable, damaged.IsComplete));
    }

    [Fact]
    public void Something_else_is_no_history()
    {
        System.IO.File.WriteAllText(File, "portal-load-history 2 {}\n");
        Assert.Equal(ErrorCode.HistoryUnreadable, Code(() => HistoryFile.ReadHeader(File)));
        System.IO.File.WriteAllText(File, HistoryHeader.Magic + "{\"run\":");
        Assert.Equal(ErrorCode.HistoryUnreadable, Code(() => HistoryFile.ReadHeader(File)));
        Assert.Equal(ErrorCode.HistoryUnreadable, Code(() => HistoryFile.ReadHeader(_folder.File("none"))));
    }

    [Fact]
    public void A_history_is_never_written_over_another()
    {
        WriteSome();
        Assert.Equal(
            ErrorCode.HistoryUnwritable,
            Code(() => HistoryWriter.Create(File, Header, TimeProvider.System, 0).Dispose())
        );
    }

    [Fact]
    public void Two_answers_that_a_view_was_counted_are_found()
    {
        using (var history = Begin())
        {
            Attempt(history, 0, 0, Outcome.Counted);
            Attempt(history, 0, 1, Outcome.Counted);
            history.End();
        }
        var states = ViewStates.Read(File, Header);
        Assert.Equal(1, states.CountedTwice);
        Assert.Equal(IdOf(0).ToString(), Assert.Single(states.Doubled).Id);
    }

    public void Dispose() => _folder.Dispose();

    private void WriteSome()
    {
        using var history = Begin();
        Attempt(history, 0, 0, Outcome.Counted);
        Attempt(history, 1, 0, Outcome.TimedOut);
        history.Fault("redis 1", down: true, 7);
        Attempt(history, 1, 1, Outcome.Duplicate);
        Attempt(history, 2, 0, Outcome.Unavailable);
        history.Fault("redis 1", down: false, 0);
        Attempt(history, 3, 0, Outcome.NotConnected);
        history.Invoke([(CallOf(4, 0), IdOf(4))]);
        history.End();
    }

    private HistoryWriter Begin() =>
        HistoryWriter.Create(File, Header, TimeProvider.System, TimeProvider.System.GetTimestamp());

    private static void Attempt(HistoryWriter history, long sequence, int attempt, Outcome outcome)
    {
        history.Invoke([(CallOf(sequence, attempt), IdOf(sequence))]);
        history.Outcome(
            CallOf(sequence, attempt),
            new Result(outcome, PageViews: outcome == Outcome.Counted ? 1 : -1),
            IdOf(sequence)
        );
    }

    private static Call CallOf(long sequence, int attempt) => new(sequence, attempt, 0, 0, 0);

    private static ViewId IdOf(long sequence) => new(Header.Run, 0, sequence % 2 == 0 ? null : 3, sequence);

    private static string Code(Action action) => Assert.Throws<ToolException>(action).Code;
}
