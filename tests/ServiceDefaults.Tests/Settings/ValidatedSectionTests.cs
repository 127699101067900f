using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace PortalServices.ServiceDefaults.Tests.Settings;

public sealed class ValidatedSectionTests
{
    [Fact]
    public void A_section_is_bound()
    {
        var options = Read(
            ("Store:Secret", "0123456789"),
            ("store:waiting", "7"),
            ("Store:Within", "00:00:09"),
            ("Store:Names:0", "a")
        );
        Assert.Equal(
            ("0123456789", 7, TimeSpan.FromSeconds(9), Level.Low),
            (options.Secret, options.Waiting, options.Within, options.Level)
        );
        Assert.Equal(["a"], options.Names);
    }

    [Fact]
    public void Every_mistake_is_told_at_once_and_named_by_its_key()
    {
        var failures = Assert
            .Throws<OptionsValidationException>(() =>
                Read(
                    ("Store:Waiting", "abc"),
                    ("Store:Within", "soon"),
                    ("Store:Strict", "maybe"),
                    ("Store:Level", "middling"),
                    ("Store:Secrets", "x")
                )
            )
            .Failures;
        Assert.Equal(
            [
                "Store:Level: 'middling' is not one of Low, High",
                "Store:Secret: The Secret field is required.",
                "Store:Secrets: there is no such setting",
                "Store:Strict: 'maybe' is not true or false",
                "Store:Waiting: 'abc' is not a whole number",
                "Store:Within: 'soon' is not a duration like 00:10:00",
            ],
            failures.Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData("Store:Waiting", "11")]
    [InlineData("Store:Secret", "short")]
    [InlineData("Store:Names:0", "")]
    public void A_value_against_its_rule_is_named(string key, string value)
    {
        var failure = Assert.Single(
            Assert
                .Throws<OptionsValidationException>(() =>
                    Read(
                        key == "Store:Secret" ? (key, value) : ("Store:Secret", "0123456789"),
                        key == "Store:Secret" ? ("Store:Waiting", "1") : (key, value)
                    )
                )
                .Failures
        );
        Assert.StartsWith(key + ": ", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_is_never_in_the_message()
    {
        var failure = Assert.Single(
            Assert.Throws<OptionsValidationException>(() => Read(("Store:Secret", "hunter2"))).Failures
        );
        Assert.DoesNotContain("hunter2", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_modules_may_ask_for_the_same_section()
    {
        var services = Services(("Store:Secret", "0123456789"), ("Store:Names:0", "a"));
        services.AddValidatedOptions<StoreOptions>("Store");
        services.AddValidatedOptions<StoreOptions>("Store");
        using var provider = services.BuildServiceProvider();
        Assert.Equal(["a"], provider.GetRequiredService<IOptions<StoreOptions>>().Value.Names);
    }

    private static StoreOptions Read(params (string Key, string Value)[] settings)
    {
        var services = Services(settings);
        services.AddValidatedOptions<StoreOptions>("Store");
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<StoreOptions>>().Value;
    }

    private static ServiceCollection Services(params (string Key, string Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(
            new ConfigurationBuilder()
                .AddInMemoryCollection(
                    settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))
                )
                .Build()
        );
        return services;
    }

    internal enum Level
    {
        Low,
        High,
    }

    internal sealed class StoreOptions : IValidatableObject
    {
        [Required, MinLength(10)]
        public string? Secret { get; set; }

        [Range(1, 10)]
        public int Waiting { get; set; } = 5;

        public TimeSpan Within { get; set; }

        public bool Strict { get; set; }

        public Level Level { get; set; }

        public IList<string> Names { get; } = [];

        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            for (var i = 0; i < Names.Count; i++)
            {
                if (Names[i].Length == 0)
                {
                    yield return new ValidationResult("a name is empty", [$"{nameof(Names)}:{i}"]);
                }
            }
        }
    }
}
