using System.Text.RegularExpressions;

namespace PortalServices.Testing.Compose;

/// <summary>One kind of value of compose.yaml that cannot hold outside a container.</summary>
/// <param name="Setting">The settings it is about, by their keys with colons.</param>
/// <param name="Value">What is put in its place, from the service's name, the key and the value.</param>
internal sealed record Substitution(Regex Setting, Func<string, string, string, string> Value);
