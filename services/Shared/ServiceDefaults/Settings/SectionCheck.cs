namespace PortalServices.ServiceDefaults.Settings;

/// <summary>
/// Refuses settings that nothing reads: sections that do not exist, and what is wrong within those that are not bound
/// to options. One environment may serve all services, so there the sections of the others are left to them.
/// </summary>
internal sealed class SectionCheck(IConfiguration configuration, IEnumerable<KnownSection> known) : IStartupCheck
{
    /// <summary>Sections of the product that not every host reads.</summary>
    internal static readonly string[] OfTheProduct =
    [
        "CachedReads",
        "Captcha",
        "Content",
        "Counting",
        "Data",
        "Edge",
        "Feedback",
        "Frames",
        "Mail",
        "Messaging",
        "Portal",
        "ReverseProxy",
        "Store",
    ];

    // Settings of libraries and of the runtime, which they read by themselves; and what names a JSON file's schema.
    private static readonly string[] ForeignPrefixes = ["OTEL_", "DOTNET_", "ASPNETCORE_", "$schema"];

    public ValueTask<IEnumerable<string>> FindMistakesAsync() => new(FindMistakes());

    internal List<string> FindMistakes()
    {
        var shapes = known.ToLookup(
            section => section.Name.Split(':')[0],
            section => section.Shape,
            StringComparer.OrdinalIgnoreCase
        );
        List<string> mistakes = [];
        foreach (var section in SettingNode.Read(configuration).Parts)
        {
            if (shapes.Contains(section.Key))
            {
                foreach (var shape in shapes[section.Key].OfType<SettingShape>())
                {
                    shape.Check(section, mistakes);
                }
            }
            else if (!OfTheProduct.Contains(section.Key, StringComparer.OrdinalIgnoreCase))
            {
                if (!ForeignPrefixes.Any(prefix => section.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
                {
                    mistakes.Add(section.Narrowed().Mistake("there is no such section of settings"));
                }
            }
            else if (section.Sources.Any(source => source.IsOwn))
            {
                mistakes.Add(
                    section
                        .Narrowed()
                        .Mistake("a setting of another service, which this one does not read", source => source.IsOwn)
                );
            }
        }

        return mistakes;
    }
}
