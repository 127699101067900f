using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace PortalServices.Standalone.Backups;

/// <summary>
/// Files of a backup, which somebody may have put something else in the place of: a link is not followed, and a pipe or
/// a device is not opened, for it may never answer.
/// </summary>
internal static class OrdinaryFile
{
    // statx(2), whose structure is the same on all processors; there is no call of .NET that tells a pipe from a file.
    private const int AtCurrentFolder = -100,
        NoFollow = 0x100,
        StatusBytes = 256,
        ModeAt = 28,
        KindMask = 0xF000,
        Ordinary = 0x8000;
    private const uint KindWanted = 1;

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
        if (!OperatingSystem.IsLinux())
        {
            return File.Exists(path) && new FileInfo(path).LinkTarget is null;
        }
        var status = new byte[StatusBytes];
        return Look(AtCurrentFolder, path, NoFollow, KindWanted, status) == 0
            && (BinaryPrimitives.ReadUInt16LittleEndian(status.AsSpan(ModeAt)) & KindMask) == Ordinary;
    }

    [DllImport(
        "libc",
        EntryPoint = "statx",
        CharSet = CharSet.Ansi,
        BestFitMapping = false,
        ThrowOnUnmappableChar = true
    )]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Look(
        int folder,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string path,
        int flags,
        uint wanted,
        byte[] status
    );
}
