using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection;
using PortalServices.ServiceDefaults.Settings;

namespace PortalServices.Portal.Tests;

/// <summary>Settings that cannot be meant.</summary>
public sealed class SettingsTests
{
    [Theory]
    [InlineData("sonla", 0)]
    [InlineData("khong-co", 1)]
    public async Task A_site_that_is_not_in_the_site_file_is_named(string site, int mistakes)
    {
        await using var app = await PortalApp.StartAsync($"--Portal:Site={site}");
        var found = new List<string>();
        foreach (var check in app.Parts.GetServices<IStartupCheck>())
        {
            found.AddRange(await check.FindMistakesAsync());
        }
        Assert.Equal(mistakes, found.Count(mistake => mistake.StartsWith("Portal:Site: ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("https://images.example", true)]
    [InlineData("images.example", false)]
    [InlineData("https://images.example/", false)]
    [InlineData("*", false)]
    public void An_origin_of_images_is_written_as_a_browser_writes_it(string origin, bool isRight)
    {
        var options = new PortalOptions();
        options.ImageOrigins.Add(origin);
        Assert.Equal(isRight, !options.Validate(new ValidationContext(options)).Any());
    }
}
