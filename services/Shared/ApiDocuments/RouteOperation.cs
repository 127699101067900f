using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Metadata;
using Route = Microsoft.AspNetCore.Mvc.ApiExplorer.ApiDescription;

namespace PortalServices.ApiDocuments;

/// <summary>What a call beside a route adds to its operation.</summary>
internal sealed record OperationPart(Func<ApiOperation, ApiOperation> AddTo);

/// <summary>The operation of a route: what is said beside it, and what its address says.</summary>
internal static partial class RouteOperation
{
    public static ApiOperation Of(Route route)
    {
        var metadata = route.ActionDescriptor.EndpointMetadata;
        var (method, address) = (route.HttpMethod!, $"/{route.RelativePath}");
        var operation = metadata
            .OfType<OperationPart>()
            .Aggregate(
                new ApiOperation(metadata.OfType<ITagsMetadata>().LastOrDefault()?.Tags[0] ?? ""),
                (whole, part) => part.AddTo(whole)
            );
        if (operation.Id.Length == 0 || operation.Tag.Length == 0)
        {
            throw new InvalidOperationException($"{method} {address} has no description, or no chapter.");
        }

        var names = PathNames().Matches(address).Select(match => match.Groups[1].Value).ToList();
        var others = operation.Fields.Where(field => !names.Contains(field.Name)).ToLookup(IsHeader);
        var isOperators = address.StartsWith("/api/operator/", StringComparison.Ordinal);
        var isOfSite = names.Contains(ApiFields.SiteId.Name);
        var reads = HttpMethods.IsGet(method) || HttpMethods.IsHead(method);
        return operation with
        {
            Path =
            [
                .. names.Select(name => operation.Fields.FirstOrDefault(field => field.Name == name) ?? Usual(name)),
            ],
            Query = [.. others[false]],
            Headers =
            [
                .. operation.EntityTag is { } tag ? [ApiFields.IfNoneMatch(tag)] : Array.Empty<ApiField>(),
                .. others[true],
            ],
            Replies = [.. operation.Replies.SelectMany(reply => WithHeaders(reply, operation))],
            Problems =
            [
                .. operation.Body is null ? [] : RouteProblems.OfBodies,
                .. operation.Problems,
                .. isOperators
                    ? isOfSite
                        ? RouteProblems.OperatorsOfSite
                        : RouteProblems.Operators
                    : isOfSite
                        ? RouteProblems.Public
                        : RouteProblems.Public.Where(problem => problem != CommonProblems.UnknownSite),
            ],
            Scope =
                !isOperators ? null
                : isOfSite ? $"{route.GroupName}.{(reads ? "read" : "write")}"
                : "admin",
        };
    }

    private static ApiField Usual(string name) =>
        name == ApiFields.SiteId.Name
            ? ApiFields.SiteId
            : throw new InvalidOperationException($"The part {name} of an address is not described.");

    private static bool IsHeader(ApiField field) => char.IsAsciiLetterUpper(field.Name[0]);

    private static IEnumerable<ApiReply> WithHeaders(ApiReply reply, ApiOperation operation) =>
        (operation.EntityTag, reply) switch
        {
            ({ } tag, { Status: StatusCodes.Status200OK }) =>
            [
                reply with
                {
                    Headers = [tag, .. reply.Headers],
                },
                new ApiReply(StatusCodes.Status304NotModified, "Not modified.") { Headers = [tag] },
            ],
            (_, { Type: not null }) when operation.HasVersion =>
            [
                reply with
                {
                    Headers = [ApiFields.Version, .. reply.Headers],
                },
            ],
            _ => [reply],
        };

    [GeneratedRegex(@"\{(\w+)")]
    private static partial Regex PathNames();
}
