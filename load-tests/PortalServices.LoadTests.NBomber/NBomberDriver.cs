#if WITH_NBOMBER
using System.Collections.Concurrent;
using NBomber.CSharp;
using PortalServices.LoadTests.Runs;
using PortalServices.LoadTests.Sending;

namespace PortalServices.LoadTests.NBomber;

/// <summary>
/// Lets NBomber decide when requests begin. Each of its iterations sends the next request of the scenario through the
/// tool's own connections, so history, check and report are the same; NBomber's own numbers are no evidence.
/// </summary>
internal sealed class NBomberDriver : ILoadDriver
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public async Task<long> RunAsync(Generator generator, RunPlan plan, TimeProvider time, CancellationToken stopping)
    {
        var next = -1L;
        var answers = new ConcurrentDictionary<long, TaskCompletionSource<Result>>();
        generator.CallEnded = (call, result) =>
        {
            if (call.Attempt == 0 && answers.TryRemove(call.Sequence, out var answer))
            {
                answer.TrySetResult(result);
            }
        };
        var rate = (int)Math.Max(1, Math.Round(plan.Schedule?.PeakRate ?? 0));
        var scenario = Scenario
            .Create(
                plan.Scenario,
                async _ =>
                {
                    if (stopping.IsCancellationRequested || generator.Failed.IsCancellationRequested)
                    {
                        return Response.Fail(statusCode: "stopped");
                    }
                    var answer = new TaskCompletionSource<Result>(TaskCreationOptions.RunContinuationsAsynchronously);
                    var call = generator.First(Interlocked.Increment(ref next), time.GetTimestamp());
                    answers[call.Sequence] = answer;
                    generator.Send([call]);
                    if (generator.Failed.IsCancellationRequested)
                    {
                        return Response.Fail(statusCode: "stopped");
                    }
                    // A failure is an outcome like any other; what it means is decided by the history.
                    var outcome = (await answer.Task).Outcome;
                    return outcome.IsSuccess()
                        ? Response.Ok(statusCode: outcome.ToString())
                        : Response.Fail(statusCode: outcome.ToString());
                }
            )
            .WithoutWarmUp()
            .WithMaxFailCount(int.MaxValue)
            .WithLoadSimulations(
                plan.Schedule is null
                    ? Simulation.KeepConstant(copies: plan.Clients, during: plan.Duration)
                    : Simulation.Inject(rate: rate, interval: Second, during: plan.Duration)
            );
        var stats = await Task.Run(
            () => NBomberRunner.RegisterScenarios(scenario).WithoutReports().Run(),
            CancellationToken.None
        );
        foreach (var each in stats.ScenarioStats)
        {
            await Console.Error.WriteLineAsync(
                FormattableString.Invariant(
                    $"NBomber counted {each.Ok.Request.Count} successes and {each.Fail.Request.Count} failures; the report below is the tool's own."
                )
            );
        }
        return next + 1;
    }
}
#endif
