using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace PortalServices.InProcess;

/// <summary>Keeps what a process logs, all but the line about its limits at each start.</summary>
public sealed class Journal : ILoggerProvider
{
    private const string Limits = "PortalServices.ServiceDefaults.Connections.ConnectionBudget";

    private readonly ConcurrentQueue<LogEntry> _entries = new();

    /// <summary>So far.</summary>
    public IReadOnlyCollection<LogEntry> Entries => _entries;

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _entries);

    public void Dispose()
    {
        // It holds nothing.
    }

    private sealed class Logger(string category, ConcurrentQueue<LogEntry> entries) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (category != Limits)
            {
                entries.Enqueue(new LogEntry(category, logLevel, formatter(state, exception), exception));
            }
        }
    }
}

/// <summary>One line of a log.</summary>
public sealed record LogEntry(string Category, LogLevel Level, string Text, Exception? Exception);
