using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Options;

namespace PortalServices.ServiceDefaults.Settings;

/// <summary>
/// Binds a section and names every mistake in it at once by its key: a key that does not exist, at any depth (a
/// misspelt setting must not be ignored in silence), a value that cannot be read, one against its attributes.
/// </summary>
internal sealed class ValidatedSection<T>(IConfiguration configuration, string section)
    : IConfigureOptions<T>,
        IValidateOptions<T>
    where T : class
{
    public void Configure(T options)
    {
        var settings = configuration.GetSection(section);
        try
        {
            settings.Bind(options);
        }
        catch (InvalidOperationException)
        {
            // The binder stops at the first value it cannot read, which Validate names: go on property by property, so
            // that the others are validated.
            foreach (
                var property in typeof(T)
                    .GetProperties(BindingFlags.Public | BindingFlags.Instance)
                    .Where(p => p.CanWrite)
            )
            {
                BindOne(settings.GetSection(property.Name), property, options);
            }
        }
    }

    public ValidateOptionsResult Validate(string? name, T options)
    {
        List<string> failures = [];
        SettingShape.Of(typeof(T)).Check(SettingNode.Read(configuration, section), failures);
        List<ValidationResult> results = [];
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        foreach (var result in results)
        {
            var key = $"{section}:{string.Join(", ", result.MemberNames)}";
            if (!failures.Any(failure => failure.StartsWith(key + ":", StringComparison.OrdinalIgnoreCase)))
            {
                failures.Add($"{key}: {result.ErrorMessage}");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void BindOne(IConfigurationSection setting, PropertyInfo property, T options)
    {
        try
        {
            if (setting.Exists() && setting.Get(property.PropertyType) is { } value)
            {
                property.SetValue(options, value);
            }
        }
        catch (InvalidOperationException)
        {
            // Named by Validate.
        }
    }
}
