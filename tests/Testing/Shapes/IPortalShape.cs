using System.Data.Common;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Processes;
using StackExchange.Redis;

namespace PortalServices.Testing.Shapes;

/// <summary>A whole portal in one of the ways to run it. Its addresses and data stay over restarts.</summary>
public interface IPortalShape : IAsyncDisposable
{
    /// <summary>The door of the visitors.</summary>
    PortalClient PublicDoor { get; }

    /// <summary>The door of the operators.</summary>
    PortalClient OperatorsDoor { get; }

    /// <summary>The door of the machines that watch it.</summary>
    PortalClient ProbeDoor { get; }

    /// <summary>The process with the public door.</summary>
    HostProcess Process { get; }

    /// <summary>The warnings and errors that its processes have logged, each process's in their order.</summary>
    IReadOnlyList<string> Troubles { get; }

    /// <summary>A connection of the test's own to the store.</summary>
    Task<ConnectionMultiplexer> ConnectToStoreAsync();

    /// <summary>A connection of the test's own to content's database.</summary>
    /// <exception cref="InvalidOperationException">It was started without content.</exception>
    Task<DbConnection> ConnectToContentAsync();

    /// <summary>A connection of the test's own to feedback's database.</summary>
    /// <exception cref="InvalidOperationException">It was started without feedback.</exception>
    Task<DbConnection> ConnectToFeedbackAsync();

    /// <summary>Starts what is not running.</summary>
    Task StartAsync();

    /// <summary>
    /// SIGTERM to the processes that count, and waits until they have drained; returns their exit codes.
    /// </summary>
    Task<IReadOnlyList<int>> TerminateAsync();
}
