using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using PortalServices.ApiDocuments;

namespace PortalServices.Counting.Http;

/// <summary>The JSON bodies of routes that do not lie on a view's way.</summary>
internal static class SentBody
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        AllowDuplicateProperties = false,
    };

    /// <summary>
    /// Reads the body before the route handles the request, which has it from <see cref="Sent"/>; and documents it.
    /// </summary>
    /// <param name="route">The route.</param>
    /// <param name="maxBytes">The largest body.</param>
    /// <param name="whenEmpty">What an empty body stands for; without it one is refused.</param>
    /// <param name="whenNull">What the JSON <c>null</c> stands for; likewise.</param>
    public static RouteHandlerBuilder Reads<T>(
        this RouteHandlerBuilder route,
        int maxBytes = 16 * 1024,
        T? whenEmpty = null,
        T? whenNull = null
    )
        where T : class
    {
        return route.TakesBody<T>(isOptional: whenEmpty is not null).AddEndpointFilter(ReadAsync);

        async ValueTask<object?> ReadAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
        {
            var request = context.HttpContext.Request;
            if (await BoundedBody.ReadAsync(request, maxBytes) is not { } body)
            {
                return Problem.Of(CommonProblems.BodyTooLarge);
            }
            var sent = body.IsEmpty ? whenEmpty : null;
            if (sent is null && !BoundedBody.IsOneOf(request, "application/json"))
            {
                return Problem.Of(CommonProblems.UnsupportedMediaType);
            }
            try
            {
                sent ??= JsonSerializer.Deserialize<T>(body.Span, Json) ?? whenNull;
            }
            catch (JsonException)
            {
                // As for null.
            }
            if (sent is null)
            {
                return Problem.Of(CommonProblems.InvalidJson);
            }
            context.HttpContext.Features.Set(sent);
            return await next(context);
        }
    }

    /// <summary>The body of a request whose route has <see cref="Reads"/>.</summary>
    public static T Sent<T>(this HttpContext context)
        where T : class => context.Features.GetRequiredFeature<T>();
}
