using System.Reflection;
using System.Text;
using System.Xml.Linq;
using PortalServices.Content;
using PortalServices.Counting.Http;
using PortalServices.Feedback;
using PortalServices.Http.Problems;
using PortalServices.Messaging;
using PortalServices.OperatorAccess.Gate;
using PortalServices.Testing;

namespace PortalServices.Edge.Tests.Problems;

/// <summary>
/// docs/errors.md is what the code declares: codes are promises to clients, so a change of one shows in review. With
/// <c>APPROVE_TEXTS=1</c> in the environment the file is written anew.
/// </summary>
public sealed class ErrorListTests
{
    /// <summary>One type of each assembly that declares codes.</summary>
    private static readonly Type[] Assemblies =
    [
        typeof(CommonProblems),
        typeof(OperatorProblems),
        typeof(EdgeProblems),
        typeof(CountingProblems),
        typeof(ContentProblems),
        typeof(FeedbackProblems),
        typeof(MessagingProblems),
    ];

    private static readonly string File = Path.Combine(Repository.Root, "docs", "errors.md");

    private static IReadOnlyList<(ProblemCode Code, string When)> Declared { get; } =
    [
        .. Assemblies
            .Select(type => type.Assembly)
            .Distinct()
            .SelectMany(DeclaredIn)
            .OrderBy(each => each.Code.Code, StringComparer.Ordinal),
    ];

    [Fact]
    public void The_list_is_what_the_code_declares()
    {
        if (Environment.GetEnvironmentVariable("APPROVE_TEXTS") == "1")
        {
            System.IO.File.WriteAllText(File, Render());
        }
        Assert.Equal(Render(), System.IO.File.Exists(File) ? System.IO.File.ReadAllText(File) : "");
    }

    [Fact]
    public void A_code_is_declared_once_in_snake_case_and_says_itself_in_both_languages()
    {
        Assert.Equal(Declared.Select(each => each.Code.Code), Declared.Select(each => each.Code.Code).Distinct());
        Assert.All(
            Declared,
            each =>
            {
                Assert.Matches("^[a-z]+(_[a-z0-9]+)*$", each.Code.Code);
                Assert.InRange(each.Code.Status, 400, 599);
                Assert.EndsWith(".", each.Code.English, StringComparison.Ordinal);
                Assert.EndsWith(".", each.Code.Vietnamese, StringComparison.Ordinal);
                Assert.True(each.Code.Vietnamese.IsNormalized(NormalizationForm.FormC));
                Assert.Contains(
                    each.Code.Vietnamese,
                    character =>
                        character > 'ʰ' || "đĐăâêôơưàáãèéìíòóõùúýĩũ".Contains(character, StringComparison.Ordinal)
                );
                Assert.NotEqual("", each.When);
            }
        );
    }

    private static IEnumerable<(ProblemCode Code, string When)> DeclaredIn(Assembly assembly)
    {
        var documentation = XDocument
            .Load(Path.ChangeExtension(assembly.Location, ".xml"))
            .Descendants("member")
            .ToDictionary(member => member.Attribute("name")!.Value, member => member.Element("summary"));
        foreach (
            var type in assembly.GetTypes().Where(type => type.Name.EndsWith("Problems", StringComparison.Ordinal))
        )
        {
            foreach (
                var field in type.GetFields(BindingFlags.Public | BindingFlags.Static)
                    .Where(field => field.FieldType == typeof(ProblemCode))
            )
            {
                yield return (
                    (ProblemCode)field.GetValue(null)!,
                    Text(documentation.GetValueOrDefault($"F:{type.FullName}.{field.Name}"))
                );
            }
        }
    }

    private static string Text(XElement? summary)
    {
        if (summary is null)
        {
            return "";
        }
        foreach (var code in summary.Descendants("c").ToList())
        {
            code.ReplaceWith($"`{code.Value}`");
        }
        foreach (var reference in summary.Descendants("see").ToList())
        {
            reference.ReplaceWith(reference.Attribute("cref")!.Value.Split('.')[^1]);
        }
        return string.Join(' ', summary.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private static string Render()
    {
        var page = new StringBuilder(
            """
            # Errors

            Every failed request is answered with `application/problem+json` (RFC 9457): `type`, `title`, `status`, `code`, sometimes `detail` and
            `errors`, and a `traceId` to quote. Decide by `code`; the title is for people, Vietnamese or English by `?lang=vi` or `?lang=en`, else
            by `Accept-Language`, else in the language of the site. Where `Retry-After` is sent, the same request may succeed after so many seconds.

            A request that is not HTTP, whose line is longer than 48 KiB, or that has more than 64 KiB or 200 fields of headers is answered by the server itself
            with a bare status, and its connection is closed.

            | code | status | English | Vietnamese | when |
            | --- | --- | --- | --- | --- |

            """
        );
        foreach (var (code, when) in Declared)
        {
            page.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $"| `{code.Code}` | {code.Status} | {code.English} | {code.Vietnamese} | {when} |\n"
            );
        }
        return page.ToString();
    }
}
