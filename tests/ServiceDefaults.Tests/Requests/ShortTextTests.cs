using PortalServices.Http.Requests;

namespace PortalServices.ServiceDefaults.Tests.Requests;

public sealed class ShortTextTests
{
    [Theory]
    [InlineData("abc", 3, "abc")]
    [InlineData("abcd", 3, "abc")]
    [InlineData("ab\U0001F600", 3, "ab")]
    [InlineData("ab\U0001F600", 4, "ab\U0001F600")]
    [InlineData("a\0b", 3, "a\uFFFDb")]
    public void A_text_is_cut_where_a_database_can_keep_it(string text, int max, string kept) =>
        Assert.Equal(kept, ShortText.Of(text, max));
}
