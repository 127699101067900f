namespace PortalServices.OperatorAccess.Tests.Keys;

public sealed class ScopeTests
{
    [Theory]
    [InlineData("GET", "/corrections", "counting.read")]
    [InlineData("HEAD", "/audit", "counting.read")]
    [InlineData("GET", "/BOTS", "counting.read")]
    [InlineData("POST", "/corrections", "counting.write")]
    [InlineData("POST", "/corrections/7/undo", "counting.write")]
    [InlineData("POST", "/baselines", "counting.write")]
    [InlineData("OPTIONS", "/baselines", "counting.write")]
    [InlineData("GET", "/feedback/R-1", "feedback.read")]
    [InlineData("DELETE", "/articles/a", "content.write")]
    [InlineData("GET", "/videos", "content.read")]
    [InlineData("PUT", "/lookups/a", "content.write")]
    [InlineData("POST", "/categories", "content.write")]
    [InlineData("GET", "/correctionsx", "admin")]
    [InlineData("GET", "/unheard-of", "admin")]
    [InlineData("GET", "/", "admin")]
    [InlineData("GET", "", "admin")]
    [InlineData("GET", "//corrections", "admin")]
    public void An_address_and_a_method_need_a_scope(string method, string rest, string expected) =>
        Assert.Equal(expected, Scope.For(rest, method));

    [Theory]
    [InlineData("counting.read", "counting.read", true)]
    [InlineData("counting.write", "counting.read", true)]
    [InlineData("counting.write", "counting.write", true)]
    [InlineData("admin", "counting.write", true)]
    [InlineData("admin", "admin", true)]
    [InlineData("counting.read", "counting.write", false)]
    [InlineData("counting.write", "content.read", false)]
    [InlineData("counting.write", "admin", false)]
    public void Writing_includes_reading_and_admin_includes_all(string held, string needed, bool expected) =>
        Assert.Equal(expected, Scope.Holds([held], needed));

    [Fact]
    public void The_scopes_there_are() =>
        Assert.Equal(
            [
                "content.read",
                "content.write",
                "counting.read",
                "counting.write",
                "feedback.read",
                "feedback.write",
                "admin",
            ],
            Scope.All
        );
}
