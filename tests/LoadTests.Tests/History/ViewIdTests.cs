using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using PortalServices.LoadTests.History;

namespace PortalServices.LoadTests.Tests.History;

public sealed partial class ViewIdTests
{
    private const string Run = "abcd1234";

    [Fact]
    public void An_id_says_its_site_page_and_number() =>
        Gen.Select(Gen.Int[0, 200], Gen.Int[-1, 10_000], Gen.Long[0, 999_999_999])
            .Sample(
                (site, page, sequence) =>
                {
                    var id = new ViewId(Run, site, page < 0 ? null : page, sequence);
                    Assert.Matches(Allowed(), id.ToString());
                    Assert.True(ViewId.TryParse(Encoding.ASCII.GetBytes(id.ToString()), Run, out var read));
                    Assert.Equal((id, id.Path), (read.Value, read.Value.Path));
                }
            );

    [Theory]
    [InlineData("")]
    [InlineData("abcd1234")]
    [InlineData("abcd1234-0x-000000001")]
    [InlineData("abcd1234-0s-000000001")]
    [InlineData("abcd1234-0o5-000000001")]
    [InlineData("abcd1234-0o-00000000x")]
    [InlineData("abcd1234-0o-00000001")]
    [InlineData("abcd1234-0o-")]
    [InlineData("other123-0o-000000001")]
    public void Anything_else_is_none(string text) =>
        Assert.False(ViewId.TryParse(Encoding.ASCII.GetBytes(text), Run, out _));

    [GeneratedRegex("^[A-Za-z0-9_-]{16,64}$")]
    private static partial Regex Allowed();
}
