using System.Buffers.Text;
using System.Data.Common;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.DependencyInjection;

namespace PortalServices.Testing.Portal;

/// <summary>
/// Knows the answers of captchas, because it may read the keys in the database of feedback; the product itself tells
/// them to nobody. Challenges that are made with a younger key need a younger solver.
/// </summary>
public sealed class CaptchaSolver
{
    // The number of the challenge and two instants come before the answer.
    private const int Head = 32;

    private readonly IDataProtector _protector;

    private CaptchaSolver(IDataProtector protector) => _protector = protector;

    /// <summary>Reads the keys.</summary>
    public static async Task<CaptchaSolver> OfAsync(DbConnection feedback)
    {
        var keys = new List<XElement>();
        await using var command = feedback.CreateCommand();
        command.CommandText = """SELECT "Xml" FROM "DataProtectionKeys" """;
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            keys.Add(XElement.Parse(rows.GetString(0)));
        }
        var services = new ServiceCollection();
        services.AddDataProtection().SetApplicationName("PortalServices.Feedback");
        services.Configure<KeyManagementOptions>(options =>
            (options.XmlRepository, options.AutoGenerateKeys) = (new Keys(keys), false)
        );
        return new CaptchaSolver(
            services
                .BuildServiceProvider()
                .GetDataProtectionProvider()
                .CreateProtector("PortalServices.Feedback.Captcha", "v1")
        );
    }

    /// <summary>What is to be typed.</summary>
    public string Answer(string id) =>
        Encoding.ASCII.GetString(_protector.Unprotect(Base64Url.DecodeFromChars(id)).AsSpan(Head));

    private sealed class Keys(IReadOnlyCollection<XElement> keys) : IXmlRepository
    {
        public IReadOnlyCollection<XElement> GetAllElements() => keys;

        public void StoreElement(XElement element, string friendlyName) => throw new NotSupportedException();
    }
}
