namespace PortalServices.Feedback.Personal;

/// <summary>A reply that tells of people: nobody on its way, and no browser, keeps it.</summary>
internal static class PersonalResult
{
    /// <summary>As JSON, without the fields that have no value.</summary>
    public static IResult Json<T>(T value) => new Result<T>(value);

    private sealed class Result<T>(T value) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.CacheControl = "no-store";
            return httpContext.Response.WriteAsJsonAsync(
                value,
                PortalJson.Replies,
                "application/json; charset=utf-8",
                httpContext.RequestAborted
            );
        }
    }
}
