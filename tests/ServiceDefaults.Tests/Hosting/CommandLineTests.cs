namespace PortalServices.ServiceDefaults.Tests.Hosting;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--A:B=c", "--A:B=c", "")]
    [InlineData("--A:B c", "--A:B=c", "")]
    [InlineData("--A:B=c=d", "--A:B=c=d", "")]
    [InlineData("--health --A:B=c", "--A:B=c", "--health")]
    [InlineData("--A:B --health", "--A:B=--health", "")]
    [InlineData("--new-key me --scopes=a,b --A:B=c --sites x", "--A:B=c", "--new-key me --scopes=a,b --sites x")]
    [InlineData("--sites a:b", "", "--sites a:b")]
    [InlineData("--:B=c", "", "--:B=c")]
    public void Settings_have_a_section_and_the_rest_is_a_commands(string args, string settings, string rest)
    {
        var parsed = CommandLine.Parse(args.Split(' '));
        Assert.Equal((settings, rest), (string.Join(' ', parsed.Settings), string.Join(' ', parsed.Rest)));
    }

    [Fact]
    public void A_setting_without_a_value_stops_the_start() =>
        Assert.Equal(
            "--A:B: a value is missing",
            Assert.Throws<StartupException>(() => CommandLine.Parse(["--A:B"])).Message
        );

    [Fact]
    public void A_failure_is_one_line()
    {
        var failure = new AggregateException(
            new StartupException("one\ntwo"),
            new InvalidOperationException("outer", new FormatException("inner"))
        );
        Assert.Equal("one two; FormatException: inner", StartupFailure.Describe(failure));
    }
}
