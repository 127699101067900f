using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace PortalServices.Standalone.Backups;

/// <summary>
/// Files of a backup, which somebody may have put something else in the place of: a link is not followed, and a pipe or
/// a device is not opened, for it may never answer.
/// </summary>
internal static class OrdinaryFile
{
    // The runtime's own view of a file, the same on all systems: flags, mode, and more.
    private const int StatusBytes = 256,
        ModeAt = 4,
        KindMask = 0xF000,
        Ordinary = 0x8000;

    /// <summary>The size of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">For the message.</param>
    /// <exception cref="StartupException">It is missing, or is something else.</exception>
    public static long BytesOf(string path, string name)
    {
        if (!IsThere(path))
        {
            throw new StartupException(
                Path.Exists(path) || new FileInfo(path).LinkTarget is not null
                    ? $"--restore: {name} is no ordinary file"
                    : $"--restore: {name} is missing"
            );
        }
        return new FileInfo(path).Length;
    }

    /// <summary>Whether there is an ordinary file.</summary>
    public static bool IsThere(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return File.Exists(path) && new FileInfo(path).LinkTarget is null;
        }
        var status = new byte[StatusBytes];
        return Look(path, status) == 0
            && (BinaryPrimitives.ReadInt32LittleEndian(status.AsSpan(ModeAt)) & KindMask) == Ordinary;
    }

    [DllImport(
        "libSystem.Native",
        EntryPoint = "SystemNative_LStat",
        CharSet = CharSet.Ansi,
        BestFitMapping = false,
        ThrowOnUnmappableChar = true
    )]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static extern int Look([MarshalAs(UnmanagedType.LPUTF8Str)] string path, byte[] status);
}
