using System.ComponentModel.DataAnnotations;
using PortalServices.ServiceDefaults.ClientAddress;
using PortalServices.ServiceDefaults.Settings;

namespace PortalServices.Edge;

/// <summary>What happens at the public and the operators' door; section <c>Edge</c>.</summary>
public sealed class EdgeOptions : IValidatableObject
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Edge";

    /// <summary>
    /// Proxies in front of the doors, as CIDR blocks: their <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> are
    /// believed. Nobody's by default.
    /// </summary>
    public IList<string> TrustedProxies { get; } = [];

    /// <summary>
    /// The longest request line, in bytes, escaped as it is forwarded; longer ones are answered 414. At most what a
    /// service accepts.
    /// </summary>
    [Range(2 * 1024, 40 * 1024)]
    public int MaxRequestLineBytes { get; set; } = 40 * 1024;

    /// <summary>
    /// The largest headers of a request, all together, in bytes; larger ones are answered 431. At most what a service
    /// accepts.
    /// </summary>
    [Range(2 * 1024, 16 * 1024)]
    public int MaxHeaderBytes { get; set; } = 16 * 1024;

    /// <summary>The largest request body, in bytes; a route can have its own limit.</summary>
    [Range(1024, 1024 * 1024)]
    public int MaxBodyBytes { get; set; } = 64 * 1024;

    /// <summary>
    /// How long the body of a request may take to arrive, and, once it is there, the reply to begin, all waiting
    /// included.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// After this process stood still for longer (stopped, or frozen with its machine), what was sent to it meanwhile
    /// is answered 503. Well below <c>Counting:ViewIdGeneration</c>: a view whose id may have been forgotten would
    /// count twice.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "01:00:00")]
    [RenamedFrom("HarmlessStandstill")]
    public TimeSpan MaxTolerablePause { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How many reads of page numbers and traffic one client address may make a second, on and on; 0 is no limit.
    /// Generous, because hundreds of people can share an address.
    /// </summary>
    [Range(0, 1_000_000)]
    public int PageReadsPerSecond { get; set; } = 200;

    /// <summary>How many of them one address may make at once after a rest.</summary>
    [Range(1, 10_000_000)]
    public int PageReadsBurst { get; set; } = 2_000;

    /// <summary>
    /// How many captchas and proof-of-work challenges one browser at one address may ask for in a minute; 0 is no
    /// limit.
    /// </summary>
    [Range(0, 1_000_000)]
    public int CaptchasPerMinute { get; set; } = 15;

    /// <summary>
    /// How many images and sounds of captchas one browser at one address may fetch in a minute; 0 is no limit.
    /// </summary>
    [Range(0, 1_000_000)]
    public int CaptchaReadsPerMinute { get; set; } = 60;

    /// <summary>
    /// How often one browser at one address may send feedback in a minute, taken or not; 0 is no limit.
    /// </summary>
    [Range(0, 1_000_000)]
    public int FeedbackPerMinute { get; set; } = 10;

    /// <summary>
    /// How often one browser at one address may ask by receipts that do not exist in a minute; 0 is no limit. One that
    /// exists is always answered.
    /// </summary>
    [Range(0, 1_000_000)]
    [RenamedFrom("ReceiptReadsPerMinute")]
    public int ReceiptMissesPerMinute { get; set; } = 60;

    /// <summary>
    /// How many questions by receipt one address has answered at the same time; some more wait for their turn.
    /// </summary>
    [Range(1, 10_000)]
    public int ReceiptReadsAtOnce { get; set; } = 16;

    /// <summary>
    /// How often one browser at one address may read articles, videos, tables and feeds in a minute; 0 is no limit.
    /// </summary>
    [Range(0, 1_000_000)]
    public int ContentReadsPerMinute { get; set; } = 600;

    /// <summary>How many of these reads may be searches; 0 is no limit.</summary>
    [Range(0, 1_000_000)]
    public int SearchesPerMinute { get; set; } = 60;

    /// <summary>How often one browser at one address may rate articles in a minute; 0 is no limit.</summary>
    [Range(0, 1_000_000)]
    public int RatingsPerMinute { get; set; } = 10;

    /// <summary>
    /// How many pages of the portal one browser at one address may load in a minute; 0 is no limit. What a page reads
    /// of the services takes nothing of their limits; a search, a receipt, feedback and a rating do.
    /// </summary>
    [Range(0, 1_000_000)]
    public int PagesPerMinute { get; set; } = 300;

    /// <summary>The limits of a browser, times this, are those of an address with all its browsers.</summary>
    [Range(1, 1_000)]
    [RenamedFrom("BrowsersOfAnAddress")]
    public int BrowsersPerAddress { get; set; } = 20;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        AddressBlocks.Mistakes(TrustedProxies, nameof(TrustedProxies));
}
