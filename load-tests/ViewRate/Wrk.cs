using System.Globalization;
using PortalServices.Testing.Processes;

namespace PortalServices.ViewRate;

/// <summary>What one call of wrk saw.</summary>
/// <param name="Made">Requests made, those included that were cut off at the end.</param>
/// <param name="Answered">Requests answered 2xx.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Median">Half of the answers came within.</param>
/// <param name="Slow">99 % of them came within.</param>
internal sealed record Sent(long Made, long Answered, TimeSpan Elapsed, TimeSpan Median, TimeSpan Slow);

/// <summary>What wrk sends.</summary>
/// <param name="Path">Where to; with <c>%d</c> for the number of the site where there are several.</param>
/// <param name="IsRead">GET without a body, in place of POST with a view.</param>
/// <param name="Sites">Among how many sites.</param>
/// <param name="Connections">How many connections wait for their answers.</param>
internal sealed record WrkLoad(string Path, bool IsRead = false, int Sites = 1, int Connections = Wrk.Connections);

/// <summary>
/// The load: one thread of wrk, which waits for each answer before it sends the connection's next request.
/// </summary>
internal static class Wrk
{
    public const int Connections = 64;
    private const string Program = "/usr/bin/wrk";

    // Well past the product's own patience (Counting:AnswerWithin): slow answers show in the table, missing ones end
    // the run.
    private const string LongestWait = "10s";
    private static int _calls;

    public static async Task<Sent> RunAsync(Uri door, WrkLoad load, int seconds)
    {
        var call = Interlocked.Increment(ref _calls).ToString(CultureInfo.InvariantCulture);
        await using var wrk = await ChildProcess.StartAsync(
            Program,
            [
                "--threads",
                "1",
                "--connections",
                Text(load.Connections),
                "--duration",
                Text(seconds),
                "--timeout",
                LongestWait,
                "--latency",
                "--script",
                Path.Combine(AppContext.BaseDirectory, "views.lua"),
                door.ToString(),
                "--",
                load.Path,
                call,
                load.IsRead ? "GET" : "POST",
                Text(load.Sites),
            ]
        );
        var code = await wrk.WaitForExitAsync(TimeSpan.FromSeconds(seconds + 30));
        var result = wrk.Output.LastOrDefault(line => line.StartsWith("result ", StringComparison.Ordinal));
        if (code != 0 || result is null)
        {
            throw new LoadException($"wrk ended with {code}:\n{wrk.Tail()}");
        }
        var numbers = Array.ConvertAll(result.Split(' ')[1..], text => long.Parse(text, CultureInfo.InvariantCulture));
        if (numbers is not [var made, var answered, var refused, var broken, var elapsed, var median, var slow, _])
        {
            throw new LoadException($"wrk said: {result}");
        }
        if (refused > 0 || broken > 0)
        {
            throw new LoadException(
                $"{door}: of {answered} answers {refused} were errors, and {broken} requests failed or got none in time."
            );
        }
        return new Sent(made, answered, Microseconds(elapsed), Microseconds(median), Microseconds(slow));
    }

    private static TimeSpan Microseconds(long count) => TimeSpan.FromMicroseconds(count);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
