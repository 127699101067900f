using System.Globalization;
using System.Net.Sockets;
using Garnet.server;
using Tsavorite.core;

namespace PortalServices.Standalone.Store;

/// <summary>
/// How the embedded store runs. Each value that differs from the store's default has its reason beside it.
/// </summary>
internal static class StoreSettings
{
    /// <summary>Part of the files' format: log addresses are split into files of this size.</summary>
    public const int SegmentBytes = 4 * 1024 * 1024;

    /// <summary>Likewise: no record of the log crosses a multiple of this size.</summary>
    public const int PageBytes = 2 * 1024 * 1024;

    public static GarnetServerOptions Create(string folder, string socket, int memoryMegabytes) =>
        new()
        {
            // A socket file of the owner's and no port: nobody else on the machine can reach the numbers.
            EndPoints = [new UnixDomainSocketEndPoint(socket)],
            UnixSocketPath = socket,
            UnixSocketPermission = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            QuietMode = true,
            MaxDatabases = 1,

            // Without the transaction mode, scripts of two connections interleave between a read and the write that
            // follows from it.
            EnableLua = true,
            LuaTransactionMode = true,
            LuaOptions = new LuaOptions(
                LuaMemoryManagementMode.Native,
                "",
                Timeout.InfiniteTimeSpan,
                LuaLoggingMode.Enable,
                []
            ),

            // The log is committed by its writers, with a command that follows what must last. Its own record of where
            // a commit ended is written only at the first commit and at a checkpoint: below that mark the store trusts
            // the files blindly, above it looks for whole commits.
            EnableAOF = true,
            CommitFrequencyMs = -1,
            FastCommitThrottleFreq = int.MaxValue,
            AofMemorySize = "8m",
            AofPageSize = PageBytes.ToString(CultureInfo.InvariantCulture),
            AofSegmentSize = SegmentBytes.ToString(CultureInfo.InvariantCulture),

            Recover = true,
            FailOnRecoveryError = true,
            CheckpointDir = folder,
            DeviceType = DeviceType.RandomAccess,

            // What is overwritten or deleted keeps its place in memory, and when places run out the oldest records are
            // forgotten, dead or alive. So every checkpoint begins with a compaction: what still lives in the older
            // half is moved behind the newest record, the rest is given back. A record in that half is moved by a
            // change to it, too; the half is no smaller, or busy records would be moved again and again.
            CompactionType = LogCompactionType.Lookup,
            CompactionMaxSegments = 1,
            SegmentSize = "1m",
            MutablePercent = 50,

            // Small buffers: a portal's numbers take tens of megabytes, the defaults are made for hundreds of
            // gigabytes.
            LogMemorySize = string.Create(CultureInfo.InvariantCulture, $"{memoryMegabytes}m"),
            PageSize = "256k",
            IndexMemorySize = "1m",
            BufferPoolMemoryBudget = "16m",
            NetworkBufferMemoryBudget = "16m",
        };
}
