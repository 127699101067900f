using System.Buffers.Binary;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;

namespace PortalServices.Architecture.Tests.Deployment;

/// <summary>For which platform a file is, by what it is and not by its name.</summary>
internal static class PublishedFile
{
    /// <summary>This machine's platform, as <see cref="Platform"/> names it.</summary>
    public static string Here { get; } =
        OperatingSystem.IsWindows() ? "win"
        : OperatingSystem.IsMacOS() ? "osx"
        : $"linux-{RuntimeInformation.OSArchitecture}";

    /// <summary>
    /// The platform of a program or library of machine code; null for everything else, .NET's own assemblies included.
    /// </summary>
    public static string? Platform(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> head = stackalloc byte[20];
        if (file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length)
        {
            return null;
        }
        file.Position = 0;
        return BinaryPrimitives.ReadUInt32BigEndian(head) switch
        {
            0x7F454C46 => $"linux-{Machine(BinaryPrimitives.ReadUInt16LittleEndian(head[18..]))}",
            0xCFFAEDFE or 0xCAFEBABE => "osx",
            _ => head[0] == 'M' && head[1] == 'Z' && IsNative(file) ? "win" : null,
        };
    }

    private static string Machine(ushort machine) =>
        machine switch
        {
            0x3E => "X64",
            0xB7 => "Arm64",
            _ => $"{machine:x}",
        };

    private static bool IsNative(Stream file)
    {
        using var reader = new PEReader(file, PEStreamOptions.LeaveOpen);
        return reader.PEHeaders.CorHeader is null;
    }
}
