using System.Globalization;
using System.Text;

namespace PortalServices.Testing.Store;

/// <summary>A command in an append-only file, and the bytes it takes.</summary>
public sealed record AppendOnlyRecord(string Command, string Key, int Begin, int End);

/// <summary>Reads the commands of an append-only file of Redis, which is RESP.</summary>
public static class AppendOnlyFile
{
    /// <summary>All whole commands, in order.</summary>
    public static IReadOnlyList<AppendOnlyRecord> Read(ReadOnlySpan<byte> file)
    {
        List<AppendOnlyRecord> records = [];
        for (var at = 0; at < file.Length; )
        {
            var begin = at;
            var words = new string[Number(file, ref at, '*')];
            for (var word = 0; word < words.Length; word++)
            {
                var length = Number(file, ref at, '$');
                words[word] = Encoding.Latin1.GetString(file.Slice(at, length));
                at += length + 2;
            }
            records.Add(
                new AppendOnlyRecord(words[0].ToUpperInvariant(), words.ElementAtOrDefault(1) ?? "", begin, at)
            );
        }
        return records;
    }

    private static int Number(ReadOnlySpan<byte> file, ref int at, char kind)
    {
        if (file[at] != kind)
        {
            throw new FormatException($"Expected {kind} at byte {at} of the append-only file.");
        }
        var end = at + file[at..].IndexOf((byte)'\r');
        var number = int.Parse(file[(at + 1)..end], CultureInfo.InvariantCulture);
        at = end + 2;
        return number;
    }
}
