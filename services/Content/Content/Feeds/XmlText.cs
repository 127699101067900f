using System.Text;
using System.Xml;

namespace PortalServices.Content.Feeds;

/// <summary>Writes XML of texts that may hold anything.</summary>
internal static class XmlText
{
    /// <summary>UTF-8 without a byte order mark, which some readers of feeds take for text.</summary>
    private static readonly XmlWriterSettings Settings = new()
    {
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        Indent = true,
    };

    /// <summary>
    /// The text without what XML 1.0 has no way to say: control characters, halves of surrogate pairs, U+FFFE and
    /// U+FFFF.
    /// </summary>
    public static string Of(string text)
    {
        var clean = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (XmlConvert.IsXmlChar(text[i]))
            {
                clean.Append(text[i]);
            }
            else if (i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]))
            {
                clean.Append(text, i++, 2);
            }
        }

        return clean.ToString();
    }

    /// <summary>A whole document.</summary>
    public static byte[] Write(Action<XmlWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var xml = XmlWriter.Create(bytes, Settings))
        {
            write(xml);
        }
        return bytes.ToArray();
    }
}
