using System.ComponentModel.DataAnnotations;

namespace PortalServices.OperatorAccess.Keys;

/// <summary>Who may use the operators' routes; section <c>Operators</c>.</summary>
public sealed class OperatorsOptions : IValidatableObject
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Operators";

    /// <summary>
    /// The keys. A host can add more in code, by <c>services.PostConfigure&lt;OperatorsOptions&gt;</c>.
    /// </summary>
    public IList<OperatorKey> Keys { get; } = [];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < Keys.Count; i++)
        {
            foreach (var (field, rule) in Keys[i].Mistakes())
            {
                yield return new ValidationResult(rule, [$"{nameof(Keys)}:{i}:{field}"]);
            }
            if (!names.Add(Keys[i].Name))
            {
                yield return new ValidationResult(
                    "used by another key",
                    [$"{nameof(Keys)}:{i}:{nameof(OperatorKey.Name)}"]
                );
            }
        }
    }
}
