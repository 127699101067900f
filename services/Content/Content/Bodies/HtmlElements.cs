using System.Collections.Frozen;

namespace PortalServices.Content.Bodies;

/// <summary>
/// The elements that a body may have, and what the HTML standard says of them
/// (https://html.spec.whatwg.org/multipage/parsing.html).
/// </summary>
internal static class HtmlElements
{
    /// <summary>Those that end an <c>svg</c> or a <c>math</c> that they stand in.</summary>
    public static readonly FrozenSet<string> EndForeign = Set(
        "b blockquote br code dd div dl dt em h1 h2 h3 h4 h5 h6 hr "
            + "i img li ol p pre s small span strong sub sup table u ul"
    );

    /// <summary>
    /// They and their text stay. Of all others the tags go, and the text stays unless they are <see cref="Dropped"/>.
    /// </summary>
    public static readonly FrozenSet<string> Allowed = Set(
        "a abbr caption col colgroup del figcaption figure ins tbody td tfoot th thead tr",
        EndForeign
    );

    public static readonly FrozenSet<string> AllowedAttributes = Set(
        "href src alt title width height colspan rowspan scope lang dir start"
    );

    /// <summary>Those whose content is no text of the article; up to their end, whatever stands within them.</summary>
    public static readonly FrozenSet<string> Dropped = Set("template noscript svg math select");

    /// <summary>The same, of whose content nothing but their own end is a tag.</summary>
    public static readonly FrozenSet<string> DroppedText = Set(
        "script style iframe textarea title xmp noembed noframes plaintext"
    );

    /// <summary>Blocks that a body has as <c>div</c>: their texts stay apart.</summary>
    public static readonly FrozenSet<string> Blocks = Set(
        "address article aside center details dialog dir fieldset footer form "
            + "header hgroup legend main menu nav optgroup option search section summary"
    );

    /// <summary>Those that have no content.</summary>
    public static readonly FrozenSet<string> Void = Set("br col hr img");

    /// <summary>Those that go on after the end of a block in which they were not ended.</summary>
    public static readonly FrozenSet<string> Formatting = Set("a b code em i s small strong u");

    /// <summary>Those within a line of text.</summary>
    public static readonly FrozenSet<string> Inline = Set(
        "a abbr b br code del em i img ins s small span strong sub sup u"
    );

    /// <summary>Those that an end within them does not reach beyond.</summary>
    public static readonly FrozenSet<string> Cells = Set("table td th caption");

    /// <summary>Parts of a table, and which of them each stands in directly.</summary>
    public static readonly FrozenDictionary<string, string[]> PartsOfTable = new Dictionary<string, string[]>
    {
        ["caption"] = ["table"],
        ["colgroup"] = ["table"],
        ["col"] = ["colgroup"],
        ["thead"] = ["table"],
        ["tbody"] = ["table"],
        ["tfoot"] = ["table"],
        ["tr"] = ["tbody", "thead", "tfoot"],
        ["td"] = ["tr"],
        ["th"] = ["tr"],
    }.ToFrozenDictionary();

    /// <summary>Those that hold parts of a table and nothing else.</summary>
    public static readonly FrozenSet<string> TableFrames = Set("table colgroup thead tbody tfoot tr");

    private static FrozenSet<string> Set(string names, params IEnumerable<string> more) =>
        names.Split(' ').Concat(more).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
}
