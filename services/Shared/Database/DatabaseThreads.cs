using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace PortalServices.Database;

/// <summary>
/// Where the work on <typeparamref name="TContext"/> is done. SQLite's driver works on the thread that calls it, and
/// waits there for locks, for up to seconds; on threads of its own it holds up nothing else of the process.
/// PostgreSQL's waits for its server without a thread, and needs none.
/// </summary>
internal sealed class DatabaseThreads<TContext> : IDisposable
    where TContext : DbContext
{
    // SQLite has one writer at a time; a second thread begins while the first one ends.
    private const int Readers = 4,
        Writers = 2,
        MaxWaitingReads = 256,
        MaxWaitingWrites = 64;

    private readonly Lane? _reads,
        _writes;

    public DatabaseThreads(IOptions<DatabaseConnection<TContext>> connection)
    {
        if (connection.Value.Kind is DatabaseKind.Sqlite)
        {
            (_reads, _writes) = (
                new($"{typeof(TContext).Name} read", Readers, MaxWaitingReads),
                new($"{typeof(TContext).Name} write", Writers, MaxWaitingWrites)
            );
        }
    }

    /// <summary>Does a piece of work.</summary>
    /// <param name="work">The work; what it awaits goes on on the same threads.</param>
    /// <param name="writes">Whether it may wait for another writer: reads do not wait behind it.</param>
    /// <exception cref="DatabaseBusyException">As much waits already as may.</exception>
    public Task<T> RunAsync<T>(Func<Task<T>> work, bool writes)
    {
        ArgumentNullException.ThrowIfNull(work);
        return (writes ? _writes : _reads) is { } lane ? lane.RunAsync(work) : work();
    }

    /// <summary>
    /// Does a piece of background work, which is never refused: there are only so many kinds of it, and each is under
    /// way once.
    /// </summary>
    public Task<T> RunInBackgroundAsync<T>(Func<Task<T>> work) => _writes is { } lane ? lane.StartAsync(work) : work();

    public void Dispose()
    {
        _reads?.Dispose();
        _writes?.Dispose();
    }

    private sealed class Lane(string name, int threads, int maxWaiting) : TaskScheduler, IDisposable
    {
        private readonly BlockingCollection<Task> _tasks = [];
        private readonly Lock _starting = new();
        private int _running,
            _started;

        public override int MaximumConcurrencyLevel => threads;

        public async Task<T> RunAsync<T>(Func<Task<T>> work)
        {
            if (Interlocked.Increment(ref _running) > threads + maxWaiting)
            {
                Interlocked.Decrement(ref _running);
                throw new DatabaseBusyException();
            }

            try
            {
                return await StartAsync(work).ConfigureAwait(false);
            }
            finally
            {
                Interlocked.Decrement(ref _running);
            }
        }

        public Task<T> StartAsync<T>(Func<Task<T>> work) =>
            Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

        public void Dispose() => _tasks.CompleteAdding();

        protected override void QueueTask(Task task)
        {
            StartOne();
            try
            {
                _tasks.Add(task);
            }
            catch (InvalidOperationException)
            {
                // The process ends, and so do its requests; what is left of one must not wait for ever.
                _ = Task.Factory.StartNew(
                    () => TryExecuteTask(task),
                    CancellationToken.None,
                    TaskCreationOptions.None,
                    Default
                );
            }
        }

        // Threads come as they are needed: most processes have another database.
        private void StartOne()
        {
            if (Volatile.Read(ref _started) == threads)
            {
                return;
            }
            lock (_starting)
            {
                if (_started == threads)
                {
                    return;
                }
                _started++;
                new Thread(Work) { Name = $"{name} {_started}", IsBackground = true }.Start();
            }
        }

        private void Work()
        {
            foreach (var task in _tasks.GetConsumingEnumerable())
            {
                TryExecuteTask(task);
            }
        }

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
            !taskWasPreviouslyQueued && Current == this && TryExecuteTask(task);

        protected override IEnumerable<Task> GetScheduledTasks() => _tasks;
    }
}

/// <summary>As many requests wait for the database as may.</summary>
internal sealed class DatabaseBusyException() : Exception("Too many requests wait for the database.");
