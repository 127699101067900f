using PortalServices.Counting.Http;

namespace PortalServices.Counting.Tests.Http;

public sealed class InstantTests
{
    [Theory]
    [InlineData("2026-11-25T07:30:15Z", "2026-11-25T07:30:15.0000000+00:00")]
    [InlineData("2026-11-25T07:30Z", "2026-11-25T07:30:00.0000000+00:00")]
    [InlineData("2026-11-25T07:30:15.25+07:00", "2026-11-25T07:30:15.2500000+07:00")]
    [InlineData("2026-11-25T07:30:15 07:00", "2026-11-25T07:30:15.0000000+07:00")]
    [InlineData("2026-11-25T07:30-03:30", "2026-11-25T07:30:00.0000000-03:30")]
    public void An_instant_has_a_date_a_time_and_a_zone(string text, string instant)
    {
        Assert.True(Instant.TryParse(text, out var read));
        Assert.Equal(instant, read.ToString("O", System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("2026-11-25")]
    [InlineData("2026-11-25T07:30:15")]
    [InlineData("2026-11-25 07:30:15Z")]
    [InlineData("2026-13-25T07:30:15Z")]
    [InlineData("25/11/2026 07:30")]
    [InlineData("1969-12-31T23:59:59Z")]
    [InlineData("9000-01-01T00:00:00Z")]
    [InlineData("1732500000")]
    public void Anything_else_is_none(string? text) => Assert.False(Instant.TryParse(text, out _));
}
