using Microsoft.AspNetCore.Http;
using PortalServices.Http.Requests;

namespace PortalServices.ServiceDefaults.Tests.Requests;

/// <summary>What a change says of the version that was read before it.</summary>
public sealed class IfMatchTests
{
    [Theory]
    [InlineData(null, 428)]
    [InlineData("", 428)]
    [InlineData("3", 400)]
    [InlineData("\"3", 400)]
    [InlineData("\"4\", 3", 400)]
    [InlineData("\"4\"", 412)]
    [InlineData("W/\"3\"", 412)]
    [InlineData("\"3\"", null)]
    [InlineData("\"2\", \"3\"", null)]
    [InlineData("*", null)]
    [InlineData("*, \"3\"", 400)]
    public void It_names_the_version_in_quotes(string? header, int? status)
    {
        var context = new DefaultHttpContext();
        if (header is not null)
        {
            context.Request.Headers.IfMatch = header;
        }
        Assert.Equal(status, (IfMatch.Problem(context, 3L) as IStatusCodeHttpResult)?.StatusCode);
    }
}
