using PortalServices.Counting.Model;
using StackExchange.Redis;

namespace PortalServices.Counting.Ledger;

/// <summary>The reply of a script of the ledger: names, each followed by its value.</summary>
internal sealed class ScriptReply
{
    private readonly Dictionary<string, RedisResult> _fields = new(StringComparer.Ordinal);

    public ScriptReply(RedisResult reply)
    {
        for (var i = 0; i < reply.Length; i += 2)
        {
            _fields.Add((string)reply[i]!, reply[i + 1]);
        }
    }

    /// <summary>The state of the ledger behind it.</summary>
    public LedgerVersion Version => new(Number("epoch"), Number("commit"));

    /// <summary>A text; empty where there is none.</summary>
    public string Text(string name) => _fields.TryGetValue(name, out var field) ? (string?)field ?? "" : "";

    public long Number(string name) => (long)_fields[name];

    /// <summary>A list of texts; empty where there is none.</summary>
    public string[] Texts(string name) =>
        _fields.TryGetValue(name, out var field) ? Array.ConvertAll((RedisResult[])field!, text => (string)text!) : [];
}
