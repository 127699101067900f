using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace PortalServices.Testing.Compose;

/// <summary>A secret that a service is given.</summary>
/// <param name="Source">Its name in the file.</param>
/// <param name="Target">The name of the file below <c>/run/secrets</c>, or a path.</param>
public sealed record ComposeMount(string Source, string Target);

/// <summary>Reads both forms: a name alone, or source and target.</summary>
internal sealed class ComposeMountConverter : IYamlTypeConverter
{
    public bool Accepts(Type type) => type == typeof(ComposeMount);

    public object ReadYaml(IParser parser, Type type, ObjectDeserializer rootDeserializer)
    {
        if (parser.TryConsume<Scalar>(out var name))
        {
            return new ComposeMount(name.Value, name.Value);
        }
        var parts = (Dictionary<string, string>)rootDeserializer(typeof(Dictionary<string, string>))!;
        return new ComposeMount(parts["source"], parts["target"]);
    }

    public void WriteYaml(IEmitter emitter, object? value, Type type, ObjectSerializer serializer) =>
        throw new NotSupportedException();
}
