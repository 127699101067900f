using System.Collections.Concurrent;

namespace PortalServices.Testing.Processes;

/// <summary>
/// The warnings and errors among the lines that a host writes: <c>2026-01-01T00:00:00.000Z warn: …</c>.
/// </summary>
internal sealed class LoggedTroubles
{
    private const int KeptLines = 1_000;
    private static readonly string[] Levels = ["warn:", "fail:", "crit:"];
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyList<string> Lines => [.. _lines];

    public void Take(string line)
    {
        if (line.Split(' ', 3) is [_, var level, _] && Levels.Contains(level) && _lines.Count < KeptLines)
        {
            _lines.Enqueue(line);
        }
    }
}
