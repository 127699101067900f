using System.Diagnostics;
using System.Reflection;
using OpenTelemetry.Instrumentation.StackExchangeRedis;
using StackExchange.Redis;
using StackExchange.Redis.Profiling;

namespace PortalServices.Counting.Store;

/// <summary>
/// Spans for the commands of sampled requests and commits. The instrumentation would profile every command and throw
/// away what belongs to no span; here it is asked only within a span that is recorded.
/// </summary>
internal static class TracedCommands
{
    /// <summary>Has the instrumentation watch a connection.</summary>
    public static void Watch(StackExchangeRedisInstrumentation instrumentation, IConnectionMultiplexer connection) =>
        instrumentation.AddConnection(Watched.Of(connection));

    /// <summary>A connection whose profiler is asked only where somebody wants to know.</summary>
    internal class Watched : DispatchProxy
    {
        private IConnectionMultiplexer _connection = null!;

        public static IConnectionMultiplexer Of(IConnectionMultiplexer connection)
        {
            var proxy = Create<IConnectionMultiplexer, Watched>();
            ((Watched)proxy)._connection = connection;
            return proxy;
        }

        /// <inheritdoc />
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (targetMethod!.Name == nameof(IConnectionMultiplexer.RegisterProfiler))
            {
                var sessions = (Func<ProfilingSession?>)args![0]!;
                _connection.RegisterProfiler(() => Activity.Current is { Recorded: true } ? sessions() : null);
                return null;
            }
            return targetMethod.Invoke(_connection, args);
        }
    }
}
