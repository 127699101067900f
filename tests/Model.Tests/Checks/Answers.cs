using System.Net;
using System.Text.Json;
using PortalServices.Model.Tests.Steps;
using PortalServices.Testing.Portal;

namespace PortalServices.Model.Tests.Checks;

/// <summary>Reads what is compared.</summary>
internal static class Answers
{
    /// <summary>An answer of the public API; null, and noted, when it is none.</summary>
    public static async Task<T?> ReadAsync<T>(this SiteRun run, Differences found, string path)
        where T : class => Take<T>(found, path, await run.GetAsync(found, $"/api/sites/{run.Site}/{path}"));

    /// <summary>An answer of the operators' API.</summary>
    public static async Task<T?> ReadAsOperatorAsync<T>(this SiteRun run, Differences found, string path)
        where T : class =>
        Take<T>(
            found,
            path,
            await run.GetAsync(found, $"/api/operator/sites/{run.Site}/{path}", run.Portal.Authorization)
        );

    /// <summary>An answer of any status; null, and noted, when there was none.</summary>
    public static Task<Reply?> GetAsync(
        this SiteRun run,
        Differences found,
        string path,
        params (string Name, string Value)[] headers
    ) => run.TryAsync(found, path, () => run.Portal.Door.GetAsync(path, run.Cancel, headers));

    /// <inheritdoc cref="GetAsync" />
    public static async Task<Reply?> TryAsync(this SiteRun run, Differences found, string what, Func<Task<Reply>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception none)
            when (none is HttpRequestException or IOException
                || (none is OperationCanceledException && !run.Cancel.IsCancellationRequested)
            )
        {
            found.Expect(false, $"{what}: {none.Message}");
            return null;
        }
    }

    /// <summary>What an answer says; null, and noted, when it is none.</summary>
    public static T? Take<T>(Differences found, string what, Reply? reply)
        where T : class
    {
        if (reply is null)
        {
            return null;
        }
        if (reply.Status == HttpStatusCode.OK)
        {
            return reply.Json.Deserialize<T>(JsonSerializerOptions.Web)!;
        }
        found.Expect(false, $"{what}: {reply}");
        return null;
    }
}
