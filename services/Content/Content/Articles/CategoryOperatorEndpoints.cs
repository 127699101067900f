using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using PortalServices.ApiDocuments;
using PortalServices.Content.Storage;
using PortalServices.Database;

namespace PortalServices.Content.Articles;

/// <summary>
/// Operators' <c>categories</c>: list, make or change, delete. They have no versions: a category is two fields, and the
/// last who says what they are is right.
/// </summary>
internal static class CategoryOperatorEndpoints
{
    /// <summary>The largest body of a request.</summary>
    public const int MaxBytes = 16 * 1024;

    public static void MapCategoryEditing(this IEndpointRouteBuilder site)
    {
        var slug = ContentFields.SlugOf("slug", "The category's slug.", "tin-tuc");
        site.MapRead("/categories", ListAsync)
            .Describe("listAllCategories", "Lists the categories, with the number of articles of each in any state.")
            .AnswersPage<EditorCategory>("A page of the list, by `order` and slug.");
        site.MapPut("/categories/{slug}", PutAsync)
            .Describe(
                "putCategory",
                "Makes a category, or changes it.",
                "It has no version: of two who change it, the later one is right."
            )
            .Takes(slug)
            .TakesBody<CategoryInput>()
            .Answers<EditorCategory>("Made.", StatusCodes.Status201Created)
            .Answers<EditorCategory>("Changed.")
            .Fails(CommonProblems.InvalidFields);
        site.MapDelete("/categories/{slug}", DeleteAsync)
            .Describe("deleteCategory", "Deletes a category that has no articles.")
            .Takes(slug)
            .Answers(StatusCodes.Status204NoContent, "It is gone.")
            .Fails(ContentProblems.UnknownCategory, ContentProblems.NameTaken);
    }

    private static Task<IResult> ListAsync(string site, HttpRequest request, ContentContext database) =>
        database
            .CategoriesInOrder(site)
            .Select(category => new EditorCategory(
                category.Slug,
                category.Name,
                category.Order,
                database.Articles.Count(article => article.Site == site && article.Category == category.Slug)
            ))
            .ReplyAsync(request, category => category);

    private static async Task<IResult> PutAsync(string site, string slug, HttpContext context, ContentContext database)
    {
        var (input, problem) = await ContentFields.ReadAsync<CategoryInput>(
            context,
            MaxBytes,
            sent => sent.Problem(context, slug)
        );
        if (input is null)
        {
            return problem!;
        }
        var cancel = context.RequestAborted;
        var name = input.Name!.Trim().Normalize();
        var isNew = !await ChangeAsync();
        if (isNew)
        {
            database.Add(
                new Category
                {
                    Site = site,
                    Slug = slug,
                    Name = name,
                    Order = input.Order,
                }
            );
            try
            {
                await database.SaveChangesAsync(cancel);
            }
            catch (DbUpdateException e) when (UniqueViolation.Is(e))
            {
                // Somebody has made it in the same moment; the later one counts.
                isNew = !await ChangeAsync();
            }
        }

        var articles = await database.Articles.CountAsync(
            article => article.Site == site && article.Category == slug,
            cancel
        );
        return Results.Json(
            new EditorCategory(slug, name, input.Order, articles),
            PortalJson.Replies,
            statusCode: isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK
        );

        async Task<bool> ChangeAsync()
        {
            await using var transaction = await database.Database.BeginTransactionAsync(cancel);
            // Its articles are found by its name. Each other name makes their words older than the one before: somebody
            // may be making them anew of the former name.
            await database
                .SearchDocuments.Where(document =>
                    database.Articles.Any(article =>
                        article.Id == document.Subject && article.Site == site && article.Category == slug
                    )
                    && database.Categories.Any(category =>
                        category.Site == site && category.Slug == slug && category.Name != name
                    )
                )
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(
                            document => document.TextVersion,
                            document => document.TextVersion > 0 ? 0 : document.TextVersion - 1
                        ),
                    cancel
                );
            var changed = await database
                .Categories.Where(category => category.Site == site && category.Slug == slug)
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(category => category.Name, name)
                            .SetProperty(category => category.Order, input.Order),
                    cancel
                );
            await transaction.CommitAsync(cancel);
            return changed > 0;
        }
    }

    private static async Task<IResult> DeleteAsync(
        string site,
        string slug,
        HttpContext context,
        ContentContext database
    )
    {
        var category = database.Categories.Where(category => category.Site == site && category.Slug == slug);
        // Looked at and deleted in one statement: an article may be written meanwhile.
        if (
            await category
                .Where(each =>
                    !database.Articles.Any(article => article.Site == each.Site && article.Category == each.Slug)
                )
                .ExecuteDeleteAsync(context.RequestAborted) > 0
        )
        {
            return Results.NoContent();
        }
        return Problem.Of(
            await category.AnyAsync(context.RequestAborted)
                ? ContentProblems.NameTaken
                : ContentProblems.UnknownCategory
        );
    }
}

/// <summary>What an editor sends: a category as it is to be.</summary>
/// <param name="Name">One line of plain text.</param>
/// <param name="Order">Where it stands in the list, lowest first.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CategoryInput(
    [Required, PlainText(Category.MaxName), Example("Tin tức")] string? Name = null,
    [WholeNumber(0, Category.MaxOrder), Example(10)] int Order = 0
)
{
    /// <summary>What is wrong, field by field; null when nothing is.</summary>
    public IResult? Problem(HttpContext context, string slug)
    {
        var mistakes = new FieldErrors(context);
        mistakes.Slug(slug);
        mistakes.Check(this);
        return mistakes.Problem();
    }
}

/// <summary>A category as editors see it.</summary>
/// <param name="Slug">Names it.</param>
/// <param name="Name">Plain text.</param>
/// <param name="Order">Where it stands in the list, lowest first.</param>
/// <param name="Articles">How many articles it has, in any state.</param>
internal sealed record EditorCategory(string Slug, string Name, int Order, int Articles);
