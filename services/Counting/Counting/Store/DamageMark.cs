using StackExchange.Redis;

namespace PortalServices.Counting.Store;

/// <summary>The mark of a damaged ledger, with which a script refuses to write to it.</summary>
internal static class DamageMark
{
    private const string Code = "DAMAGED ";

    /// <summary>The mark in the answer of a script that refused; null in other answers.</summary>
    public static string? Of(RedisServerException e)
    {
        // Garnet puts ERR before every code of a script.
        var answer = e.Message.StartsWith("ERR ", StringComparison.Ordinal) ? e.Message["ERR ".Length..] : e.Message;
        return answer.StartsWith(Code, StringComparison.Ordinal) ? answer[Code.Length..] : null;
    }
}
