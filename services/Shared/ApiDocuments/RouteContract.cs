namespace PortalServices.ApiDocuments;

/// <summary>
/// What a route takes and answers, said beside it for the API document. What its address says of itself is not
/// repeated: the site, the scope of an operator's key, and the failures of all routes of its kind.
/// </summary>
public static class RouteContract
{
    /// <summary>Describes a route.</summary>
    /// <param name="route">The route.</param>
    /// <param name="id">Names the operation in generated clients.</param>
    /// <param name="summary">What it does, in one sentence.</param>
    /// <param name="description">What else a caller must know.</param>
    public static RouteHandlerBuilder Describe(
        this RouteHandlerBuilder route,
        string id,
        string summary,
        string? description = null
    ) => route.With(operation => operation with { Id = id, Summary = summary, Description = description });

    /// <summary>
    /// Parameters: those that the pattern names are of the path, those with a capital letter are headers, the others of
    /// the query.
    /// </summary>
    public static RouteHandlerBuilder Takes(this RouteHandlerBuilder route, params ApiField[] fields) =>
        route.With(operation => operation with { Fields = [.. operation.Fields, .. fields] });

    /// <summary>The page of a list, as <see cref="Paging"/> reads it.</summary>
    public static RouteHandlerBuilder TakesPage(this RouteHandlerBuilder route) =>
        route.Takes(ApiFields.Page, ApiFields.PageSize).Fails(CommonProblems.InvalidPaging);

    /// <summary>The version that is changed, as <see cref="IfMatch"/> compares it; the reply has the next one.</summary>
    public static RouteHandlerBuilder TakesVersion(this RouteHandlerBuilder route, bool isRequired = true) =>
        route
            .Takes(isRequired ? ApiFields.IfMatch.Required() : ApiFields.IfMatch)
            .Fails(CommonProblems.VersionConflict, CommonProblems.IfMatchRequired, CommonProblems.InvalidIfMatch)
            .AnswersVersion();

    /// <summary>A JSON object, the fields of which are described and limited where the type declares them.</summary>
    public static RouteHandlerBuilder TakesBody<T>(this RouteHandlerBuilder route, bool isOptional = false) =>
        route.With(operation => operation with { Body = new ApiBody(typeof(T)) { IsOptional = isOptional } });

    /// <summary>A JSON merge patch (RFC 7396) of such an object.</summary>
    /// <param name="route">The route.</param>
    /// <param name="name">The name of its schema.</param>
    public static RouteHandlerBuilder TakesPatch<T>(this RouteHandlerBuilder route, string name) =>
        route.With(operation =>
            operation with
            {
                Body = new ApiBody(typeof(T)) { Name = name, IsMergePatch = true },
            }
        );

    /// <summary>The same object as text, which a page can send without asking first; or its fields in the address.</summary>
    public static RouteHandlerBuilder TakesTextOrQuery(this RouteHandlerBuilder route) =>
        route.With(operation => operation with { Body = operation.Body! with { IsTextOrQueryToo = true } });

    /// <summary>
    /// The same fields as the form of a page without scripts. An object has no place in a form: fields of the form
    /// alone stand for it.
    /// </summary>
    public static RouteHandlerBuilder TakesForm(this RouteHandlerBuilder route, params ApiField[] ofForm) =>
        route.With(operation => operation with { Body = operation.Body! with { Form = ofForm } });

    /// <summary>A reply of JSON.</summary>
    public static RouteHandlerBuilder Answers<T>(
        this RouteHandlerBuilder route,
        string description,
        int status = StatusCodes.Status200OK,
        params ApiField[] headers
    )
    {
        ArgumentNullException.ThrowIfNull(route);
        route.Add(endpoint =>
            endpoint.Metadata.Add(new ProducesResponseTypeMetadata(status, typeof(T), ["application/json"]))
        );
        return route.Answers(new ApiReply(status, description, typeof(T)) { Headers = headers });
    }

    /// <summary>A reply without a body.</summary>
    public static RouteHandlerBuilder Answers(
        this RouteHandlerBuilder route,
        int status,
        string description,
        params ApiField[] headers
    ) => route.Answers(new ApiReply(status, description) { Headers = headers });

    /// <summary>A reply of another media type.</summary>
    public static RouteHandlerBuilder AnswersText(
        this RouteHandlerBuilder route,
        string mediaType,
        string description,
        params ApiField[] headers
    ) => route.Answers(new ApiReply(200, description) { TextType = mediaType, Headers = headers });

    /// <summary>A reply of bytes, of which a part can be asked for unless it is sent whole.</summary>
    public static RouteHandlerBuilder AnswersBytes(
        this RouteHandlerBuilder route,
        string mediaType,
        string description,
        bool inParts = true
    )
    {
        route.Answers(new ApiReply(200, description) { BinaryType = mediaType });
        return inParts
            ? route
                .Takes(ApiFields.Range)
                .Answers(new ApiReply(206, "The part of it that was asked for.") { BinaryType = mediaType })
            : route;
    }

    /// <summary>Replies with the version, to be sent with a change.</summary>
    public static RouteHandlerBuilder AnswersVersion(this RouteHandlerBuilder route) =>
        route.With(operation => operation with { HasVersion = true });

    /// <summary>A reply with an entity tag; 304 for a client that has it.</summary>
    /// <param name="route">The route.</param>
    /// <param name="tag">What it covers; all that is answered when null.</param>
    public static RouteHandlerBuilder AnswersTag(this RouteHandlerBuilder route, ApiField? tag = null) =>
        route.With(operation => operation with { EntityTag = tag ?? ApiFields.Tag });

    /// <summary>How it fails, beside what all routes of its kind fail with.</summary>
    public static RouteHandlerBuilder Fails(this RouteHandlerBuilder route, params ProblemCode[] problems) =>
        route.With(operation => operation with { Problems = [.. operation.Problems, .. problems] });

    /// <summary>How it fails for a while: <c>Retry-After</c> says for how long.</summary>
    public static RouteHandlerBuilder FailsForNow(this RouteHandlerBuilder route, params ProblemCode[] problems) =>
        route
            .Fails(problems)
            .With(operation => operation with { RetriedStatuses = [.. problems.Select(problem => problem.Status)] });

    private static RouteHandlerBuilder Answers(this RouteHandlerBuilder route, ApiReply reply) =>
        route.With(operation => operation with { Replies = [.. operation.Replies, reply] });

    private static RouteHandlerBuilder With(this RouteHandlerBuilder route, Func<ApiOperation, ApiOperation> part)
    {
        ArgumentNullException.ThrowIfNull(route);
        route.Add(endpoint => endpoint.Metadata.Add(new OperationPart(part)));
        return route;
    }
}
