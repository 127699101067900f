using PortalServices.ServiceDefaults.Hosting;

namespace PortalServices.OperatorAccess.Tests.Keys;

/// <summary>What it refuses; what it prints is tested on a real host.</summary>
public sealed class NewKeyCommandTests
{
    [Theory]
    [InlineData("--new-key", "a value is missing")]
    [InlineData("--new-key me", "Scopes: one or more of")]
    [InlineData("--new-key me --scopes counting.read", "Sites: one or more")]
    [InlineData("--new-key me --scopes counting --sites a", "Scopes: one or more of")]
    [InlineData("--new-key me --scopes --sites a", "--scopes: a value is missing")]
    [InlineData("--new-key me --scopes admin --sites a --name b", "--name: unknown argument")]
    [InlineData("--new-key me you --scopes admin --sites a", "you: unknown argument")]
    public async Task Wrong_use_is_told_with_the_usage(string args, string expected)
    {
        var failure = await Assert.ThrowsAsync<StartupException>(() =>
            new NewKeyCommand().RunAsync(args.Split(' '), TestContext.Current.CancellationToken)
        );
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.Contains("usage: --new-key NAME --scopes", failure.Message, StringComparison.Ordinal);
    }
}
