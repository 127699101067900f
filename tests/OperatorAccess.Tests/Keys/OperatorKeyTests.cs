using CsCheck;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using PortalServices.ServiceDefaults;

namespace PortalServices.OperatorAccess.Tests.Keys;

public sealed class OperatorKeyTests
{
    private const string SomeHash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    [Fact]
    public void A_new_key_is_well_formed_and_never_the_same()
    {
        var keys = Enumerable.Range(0, 100).Select(_ => OperatorKey.NewKey()).ToList();
        Assert.All(keys, key => Assert.Matches("^ps_[A-Za-z0-9_-]{43}$", key));
        Assert.All(keys, key => Assert.True(OperatorKey.IsWellFormed(key)));
        Assert.Equal(keys.Count, keys.Distinct().Count());
    }

    [Fact]
    public void The_hash_is_the_SHA_256_of_the_keys_characters() => Assert.Equal(SomeHash, OperatorKey.HashOf("test"));

    [Theory]
    [InlineData("")]
    [InlineData("ps_")]
    [InlineData("ps_AAAA")]
    [InlineData("PS_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("ps_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("ps_AAAAAAAAAAAAAAAAAAAAA+AAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("ps_AAAAAAAAAAAAAAAAAAAAA AAAAAAAAAAAAAAAAAAAAA")]
    public void Anything_else_is_malformed(string key) => Assert.False(OperatorKey.IsWellFormed(key));

    [Fact]
    public void A_ring_finds_exactly_the_holder() =>
        Gen.Int[1, 20]
            .Sample(
                count =>
                {
                    var secrets = Enumerable.Range(0, count).Select(_ => OperatorKey.NewKey()).ToList();
                    var options = new OperatorsOptions();
                    foreach (var (secret, index) in secrets.Select((secret, index) => (secret, index)))
                    {
                        options.Keys.Add(
                            new OperatorKey { Name = $"{index}", Hash = OperatorKey.HashOf(secret).ToUpperInvariant() }
                        );
                    }
                    var ring = new KeyRing(Options.Create(options));
                    return secrets.Select((secret, index) => ring.Find(secret)?.Name == $"{index}").All(found => found)
                        && ring.Find(OperatorKey.NewKey()) is null;
                },
                iter: 20
            );

    [Theory]
    [InlineData("Name", "", "Operators:Keys:0:Name")]
    [InlineData("Name", "second", "Operators:Keys:1:Name: used by another key")]
    [InlineData("Hash", "abc", "Operators:Keys:0:Hash")]
    [InlineData("Hash", "ps_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "Operators:Keys:0:Hash")]
    [InlineData("Scopes:0", "counting", "Operators:Keys:0:Scopes")]
    [InlineData("Sites:0", "", "Operators:Keys:0:Sites")]
    public void A_wrong_entry_stops_the_start_and_is_named(string field, string value, string expected)
    {
        var failures = Assert
            .Throws<OptionsValidationException>(() => Read(($"Operators:Keys:0:{field}", value)))
            .Failures;
        Assert.StartsWith(expected, Assert.Single(failures), StringComparison.Ordinal);
        Assert.DoesNotContain("AAAA", failures.First(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_can_add_a_key_in_code()
    {
        var options = Read(services =>
            services.Configure<OperatorsOptions>(o =>
                o.Keys.Add(
                    new OperatorKey
                    {
                        Name = "third",
                        Hash = SomeHash,
                        Scopes = ["admin"],
                        Sites = ["*"],
                    }
                )
            )
        );
        Assert.Equal(["first", "second", "third"], options.Keys.Select(key => key.Name));
    }

    private static OperatorsOptions Read(params (string Key, string Value)[] changes) => Read(_ => { }, changes);

    private static OperatorsOptions Read(
        Action<IServiceCollection> configure,
        params (string Key, string Value)[] changes
    )
    {
        var settings = new Dictionary<string, string?>();
        foreach (var (name, index) in new[] { ("first", 0), ("second", 1) })
        {
            settings[$"Operators:Keys:{index}:Name"] = name;
            settings[$"Operators:Keys:{index}:Hash"] = SomeHash;
            settings[$"Operators:Keys:{index}:Scopes:0"] = "counting.write";
            settings[$"Operators:Keys:{index}:Sites:0"] = "sonla";
        }

        foreach (var (key, value) in changes)
        {
            settings[key] = value;
        }
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        services.AddValidatedOptions<OperatorsOptions>(OperatorsOptions.Section);
        configure(services);
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<OperatorsOptions>>().Value;
    }
}
