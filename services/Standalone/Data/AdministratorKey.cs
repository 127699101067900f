using System.Text.RegularExpressions;
using PortalServices.OperatorAccess.Keys;

namespace PortalServices.Standalone.Data;

/// <summary>
/// The administrator's key, made at the first start so that the operators' routes can be used at once. The settings
/// never hold it: it is read from its file at each start, and a deleted file makes a new one.
/// </summary>
internal static partial class AdministratorKey
{
    private const string Name = "operator.key";

    public static void Add(IServiceCollection services, DataFolder data)
    {
        var key = PrivateFiles.ReadOrCreate(data.OperatorKey, OperatorKey.NewKey);
        if (!WellFormed().IsMatch(key))
        {
            throw new StartupException(
                $"{data.OperatorKey}: not a key; restore it, or delete it to have a new one made"
            );
        }
        services.AddSingleton<IStartNote>(new StartNote($"The administrator's key is in {data.OperatorKey}"));
        // Behind the keys of the settings, which are told by their places there when they are wrong.
        services.PostConfigure<OperatorsOptions>(operators =>
            operators.Keys.Add(
                new OperatorKey
                {
                    Name = Name,
                    Hash = OperatorKey.HashOf(key),
                    Scopes = ["admin"],
                    Sites = [OperatorKey.AllSites],
                }
            )
        );
    }

    [GeneratedRegex(@"\Aps_[A-Za-z0-9_-]{43}\z", RegexOptions.CultureInvariant)]
    private static partial Regex WellFormed();
}
