using System.Reflection;
using PortalServices.DeadLetters;
using PortalServices.Http.Problems;
using PortalServices.Messaging;
using PortalServices.OperatorAccess;
using PortalServices.OperatorAccess.Gate;
using PortalServices.Testing;

namespace PortalServices.Content.Tests.ApiDocument;

/// <summary>The document says all that content does, and nothing else.</summary>
public sealed class ApiDocumentTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    [Fact]
    public async Task Every_route_is_in_the_document_and_every_operation_of_it_is_a_route()
    {
        await using var app = await StartAsync();
        Assert.Equal(Of(app).Mapped(), await Of(app).ToldAsync());
    }

    [Fact]
    public async Task It_is_OpenAPI_3_1_without_a_mistake()
    {
        await using var app = await StartAsync();
        Assert.Empty(await Of(app).MistakesAsync());
    }

    [Fact]
    public async Task Every_code_of_content_is_told_of_some_route_and_every_code_told_is_declared()
    {
        var declared = new[]
        {
            typeof(ContentProblems),
            typeof(MessagingProblems),
            typeof(CommonProblems),
            typeof(OperatorProblems),
        }.ToDictionary(
            type => type,
            type =>
                type.GetFields(BindingFlags.Public | BindingFlags.Static)
                    .Select(field => field.GetValue(null))
                    .OfType<ProblemCode>()
                    .Select(problem => problem.Code)
                    .ToList()
        );
        await using var app = await StartAsync();
        var told = await Of(app).CodesAsync();

        Assert.Empty(declared[typeof(ContentProblems)].Except(told));
        Assert.Empty(declared[typeof(MessagingProblems)].Except(told));
        Assert.Empty(told.Except(declared.Values.SelectMany(codes => codes)));
    }

    [Fact]
    public async Task Every_number_is_an_integer_and_nothing_is_null()
    {
        await using var app = await StartAsync();
        Assert.DoesNotContain(await Of(app).TypesAsync(), type => type is "number" or "null" || type.StartsWith('['));
    }

    [Fact]
    public async Task It_is_asked_for_again_with_its_tag_and_answers_HEAD()
    {
        await using var app = await StartAsync();
        Assert.Equal((200, 304, 200), await Of(app).StatusesAsync());
    }

    public void Dispose() => _folder.Dispose();

    private static DescribedApi Of(TestApp app) => new(app, ContentService.Name);

    private Task<TestApp> StartAsync() =>
        TestApp.StartAsync(
            builder => builder.AddOperatorAccess().AddContent().AddMessaging(bus => bus.AddContentConsumers()),
            app => app.MapContent().MapMessaging(),
            $"--ConnectionStrings:content=Data Source={_folder.File("content.db")};Pooling=False"
        );
}
