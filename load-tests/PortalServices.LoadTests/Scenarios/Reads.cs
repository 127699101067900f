using System.Text;
using PortalServices.LoadTests.Sending;

namespace PortalServices.LoadTests.Scenarios;

/// <summary>GETs whose addresses are known before the run; each call takes one of them.</summary>
/// <param name="name">Its name in reports.</param>
/// <param name="findPaths">The addresses, absolute paths with a query: read from the target, or known.</param>
internal sealed class Reads(string name, Func<PublicApi, CancellationToken, Task<IReadOnlyList<string>>> findPaths)
    : CallKind
{
    private const ulong PathStream = 11,
        VisitorStream = 12;
    private const int Visitors = 5_000;

    private byte[][] _requests = [];

    public override string Name => name;

    public override async Task PrepareAsync(PublicApi api, CancellationToken cancel)
    {
        var paths = await findPaths(api, cancel);
        if (paths.Count == 0)
        {
            throw new ToolException(ErrorCode.NothingToRead, $"{name}: the site has none.");
        }
        _requests = [.. paths.Select(path => Encoding.ASCII.GetBytes($"GET {path}"))];
    }

    public override void Write(Call call, Authority authority, RequestWriter writer) =>
        Begin(
                writer,
                authority,
                _requests[Mix(call.Sequence, PathStream) % (ulong)_requests.Length],
                (long)(Mix(call.Sequence, VisitorStream) % Visitors)
            )
            .EndHead();
}
