using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace PortalServices.Edge.Limits;

/// <summary>
/// Refuses a request whose line or headers are larger than a service accepts. Over HTTP/2 a service would close the
/// connection that the requests of all visitors share. The line is measured as it is forwarded, escaped: that is up to
/// three times what the client has sent.
/// </summary>
internal sealed class HeadLimit(EdgeOptions options, EdgeTelemetry telemetry)
{
    /// <summary>Header fields of a request. A service accepts more, for those that the gateway adds.</summary>
    public const int MaxFields = 100;

    // ": " and the end of the line.
    private const int BytesPerField = 4;
    private const int EscapedLength = 3;
    private const int MaxUtf8Length = 3;
    private static readonly int BytesOfVersion = " HTTP/1.1\r\n".Length;

    public Task RunAsync(HttpContext context, RequestDelegate next) =>
        Refuses(context) is var (code, most) ? telemetry.RefuseAsync(context, code, most) : next(context);

    /// <summary>What is too large of the request, and how much is allowed; null when nothing is.</summary>
    public (ProblemCode Code, string Most)? Refuses(HttpContext context)
    {
        var request = context.Request;
        if (!LineFits(context, request))
        {
            return (CommonProblems.UriTooLong, Bytes(options.MaxRequestLineBytes));
        }
        var headers = request.Headers;
        if (headers.Count > MaxFields || Measure(headers, out var characters) > MaxFields)
        {
            return (CommonProblems.HeadersTooLarge, string.Create(CultureInfo.InvariantCulture, $"{MaxFields} fields"));
        }
        return HeadersFit(headers, characters) ? null : (CommonProblems.HeadersTooLarge, Bytes(options.MaxHeaderBytes));
    }

    private bool LineFits(HttpContext context, HttpRequest request)
    {
        var besides = request.Method.Length + 1 + BytesOfVersion;
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        return besides + ((long)target.Length * EscapedLength) <= options.MaxRequestLineBytes
            || besides + EscapedTarget(request).Length <= options.MaxRequestLineBytes;
    }

    // As HttpClient sends what the proxy hands it: the path is escaped anew, the query where it has characters that an
    // address cannot have.
    private static string EscapedTarget(HttpRequest request) =>
        Uri.TryCreate(
            "http://host" + request.Path.ToUriComponent() + request.QueryString.Value,
            UriKind.Absolute,
            out var address
        )
            ? address.PathAndQuery
            : Uri.EscapeDataString(request.Path + request.QueryString.Value);

    // How many fields there are, and their characters with all that separates them. The host travels twice behind the
    // gateway, as X-Forwarded-Host too.
    private static int Measure(IHeaderDictionary headers, out long characters)
    {
        var fields = 0;
        characters = headers.Host.ToString().Length;
        foreach (var (name, values) in headers)
        {
            fields += values.Count;
            foreach (var value in values)
            {
                characters += name.Length + BytesPerField + (value?.Length ?? 0);
            }
        }
        return fields;
    }

    private bool HeadersFit(IHeaderDictionary headers, long characters)
    {
        if (characters > options.MaxHeaderBytes)
        {
            return false;
        }
        if (characters * MaxUtf8Length <= options.MaxHeaderBytes)
        {
            return true;
        }
        long exact = headers.Host.ToString().Length;
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
            {
                exact += name.Length + BytesPerField + Encoding.UTF8.GetByteCount(value ?? "");
            }
        }

        return exact <= options.MaxHeaderBytes;
    }

    private static string Bytes(int bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes");
}
