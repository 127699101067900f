namespace PortalServices.Standalone.Store;

/// <summary>
/// The store's own logs, under one category of this product and from warnings on: it has a category per part and tells
/// at length how it is set up. Nothing before it has started, because a failed start is told in one line; and of each
/// part one line a minute, because a disk that fails is told with every write.
/// </summary>
internal sealed class StoreLoggers(ILoggerFactory loggers, TimeProvider time) : ILoggerFactory
{
    private readonly ILogger _store = loggers.CreateLogger<EmbeddedStore>();

    public bool Started { get; set; }

    public ILogger CreateLogger(string categoryName) => new Part(this, new LogPace(time));

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
        // The factory behind belongs to the host.
    }

    private sealed class Part(StoreLoggers all, LogPace pace) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) =>
            all.Started && logLevel >= LogLevel.Warning && all._store.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (IsEnabled(logLevel) && pace.TryTake())
            {
                all._store.Log(logLevel, eventId, state, exception, formatter);
            }
        }
    }
}
