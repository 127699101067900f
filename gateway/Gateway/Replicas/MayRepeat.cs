using System.Text.Json;
using Yarp.ReverseProxy.Configuration;

namespace PortalServices.Gateway.Replicas;

/// <summary>
/// Whether a request may be made twice: one that only reads, and on routes with the metadata <c>Repeat: WithViewId</c>,
/// where a GET records a view, too, one that carries an id, which counts once. <c>Repeat: Always</c> is for other
/// methods that only read.
/// </summary>
internal static class MayRepeat
{
    public const string Metadata = "Repeat",
        Always = "Always",
        WithViewId = "WithViewId";

    public static async ValueTask<bool> IsForAsync(HttpContext context, RouteConfig route) =>
        HttpMethods.IsHead(context.Request.Method)
        || route.Metadata?.GetValueOrDefault(Metadata) switch
        {
            Always => true,
            WithViewId => await HasViewIdAsync(context),
            _ => HttpMethods.IsGet(context.Request.Method),
        };

    // As the service reads it: a body wins over the query. One that it will refuse may be repeated, too.
    private static async ValueTask<bool> HasViewIdAsync(HttpContext context)
    {
        if (context.Request.ContentLength is not > 0)
        {
            return context.Request.Query.ContainsKey("view");
        }
        var body = await HeldBody.ReadAsync(context);
        try
        {
            return IsIn(body);
        }
        catch (Exception invalid) when (invalid is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static bool IsIn(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isView = reader.ValueTextEquals("view"u8);
            reader.Read();
            if (isView)
            {
                return reader.TokenType == JsonTokenType.String;
            }
            reader.Skip();
        }

        return false;
    }
}
