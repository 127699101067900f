using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using PortalServices.Testing.Portal;

namespace PortalServices.Acceptance.Tests.Feedback;

/// <summary>Operators read, answer, publish, decline and erase.</summary>
[Usually(Shape.Services)]
public sealed class OperatorTests(Portals portals)
{
    private static readonly (string Step, object Body)[] WrongSteps =
    [
        ("answer", new { text = "" }),
        ("answer", new { text = new string('x', 20_001) }),
        ("answer", new { other = "x" }),
        ("answer", new { text = "a\u0001b" }),
        ("decline", new { reason = "   " }),
        ("assign", new { to = new string('x', 201) }),
        ("erase", new { }),
    ];

    private static readonly (string Query, string Code)[] WrongQueries =
    [
        ("?status=open", "invalid_status"),
        ("?status=1", "invalid_status"),
        ("?sort=oldest", "invalid_sort"),
        ("?pageSize=0", "invalid_paging"),
        ("?pageSize=1000", "invalid_paging"),
        ("?after=x", "invalid_cursor"),
        ("?overdue=maybe", "invalid_request"),
        ($"?q={new string('a', 1_000)}", "invalid_search"),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryShape]
    public async Task From_arrival_to_publication_every_step_is_seen_by_whom_it_concerns(Shape shape)
    {
        var visitor = await Visitor.OfNewSiteAsync(portals, shape, Cancel);
        var fields = Visitor.Fields("Điện thoại của nguyễn văn an");
        fields["email"] = "an@example.vn";
        fields["phone"] = "0912 345 678";
        fields["content"] =
            "Tôi là Nguyễn Văn An, số 0912 345 678, thư an@example.vn. Sinh ngày 01/02/2010, hỏi về Quyết định 162-KH/TU.";
        var receipt = await visitor.ReceiptAsync(fields);
        var entry = await OnlyAsync(visitor);
        Assert.Equal(
            ("received", "Nguyễn Văn An", false),
            (Text(entry, "status"), Text(entry, "fullName"), entry.GetProperty("overdue").GetBoolean())
        );

        entry = await DoneAsync(visitor, entry, "start");
        Assert.Equal(("inProgress", "admin"), (Text(entry, "status"), Text(entry, "assignedTo")));
        Assert.Equal("inProgress", Text((await visitor.ReadAsync($"/{receipt}")).Json, "status"));
        entry = await DoneAsync(visitor, entry, "assign", new { to = "Phòng Giáo dục" });
        entry = await DoneAsync(visitor, entry, "notes", new { text = "Hỏi lại trường." });
        var before = entry;
        entry = await DoneAsync(
            visitor,
            entry,
            "answer",
            new { text = "Thưa ông Nguyễn Văn An, điểm chuẩn công bố ngày 20/7." }
        );
        // The second of two operators is told, and nothing of hers is there.
        var second = await ActAsync(visitor, before, "answer", new { text = "Câu trả lời khác." });
        Assert.Equal((412, "version_conflict"), ((int)second.Status, second.Code));
        Assert.Equal($"\"{entry.GetProperty("version").GetInt64()}\"", second.Header("ETag"));
        var own = (await visitor.ReadAsync($"/{receipt}")).Json;
        Assert.Equal(
            ("answered", "Thưa ông Nguyễn Văn An, điểm chuẩn công bố ngày 20/7."),
            (Text(own, "status"), Text(own, "answer"))
        );
        Assert.DoesNotContain(
            "Hỏi lại trường",
            (await visitor.ReadAsync($"/{receipt}")).Body,
            StringComparison.Ordinal
        );
        Assert.Equal(0, (await visitor.ReadAsync("")).Json.GetProperty("total").GetInt32());

        entry = await DoneAsync(visitor, entry, "publish");
        var published = (await visitor.ReadAsync("")).Json.GetProperty("items")[0];
        Assert.Equal("Điện thoại của […]", Text(published, "title"));
        Assert.Equal(
            "Tôi là […], số […], thư […]. Sinh ngày 01/02/2010, hỏi về Quyết định 162-KH/TU.",
            Text(published, "content")
        );
        Assert.Equal("Thưa ông […], điểm chuẩn công bố ngày 20/7.", Text(published, "answer"));
        Assert.DoesNotContain(receipt, (await visitor.ReadAsync("")).Body, StringComparison.Ordinal);

        var steps = (
            await visitor.Portal.ReadAsOperatorAsync(visitor.Site, $"feedback/{Text(entry, "id")}/steps", Cancel)
        ).Json.GetProperty("items");
        Assert.Equal(
            ["published", "answered", "noted", "assigned", "started", "received"],
            steps.EnumerateArray().Select(step => Text(step, "step"))
        );
        Assert.Equal("Hỏi lại trường.", Text(steps[2], "text"));
        await DoneAsync(visitor, entry, "unpublish");
        Assert.Equal(0, (await visitor.ReadAsync("")).Json.GetProperty("total").GetInt32());
    }

    [Theory, EveryShape]
    public async Task What_may_not_follow_is_refused_and_changes_nothing(Shape shape)
    {
        var (visitor, entry) = await WithOneAsync(shape);
        foreach (
            var (step, body) in new (string, object?)[] { ("publish", null), ("unpublish", null), ("reopen", null) }
        )
        {
            var refused = await ActAsync(visitor, entry, step, body);
            Assert.Equal(
                (409, "illegal_state", "received"),
                ((int)refused.Status, refused.Code, Text(refused.Json, "detail"))
            );
        }

        entry = await DoneAsync(visitor, entry, "decline", new { reason = "Không thuộc thẩm quyền." });
        Assert.Equal(409, (int)(await ActAsync(visitor, entry, "answer", new { text = "x" })).Status);
        entry = await DoneAsync(visitor, entry, "reopen");
        Assert.Equal("inProgress", Text(entry, "status"));
        entry = await DoneAsync(visitor, entry, "spam");
        Assert.Equal("received", Text(await DoneAsync(visitor, entry, "reopen"), "status"));
    }

    [Theory, EveryShape]
    public async Task The_list_is_filtered_searched_and_sorted(Shape shape)
    {
        var visitor = await Visitor.OfNewSiteAsync(portals, shape, Cancel);
        foreach (var title in (string[])["Khuyến học ở xã", "Trường mầm non", "Hội khuyến học"])
        {
            await visitor.ReceiptAsync(Visitor.Fields(title));
        }
        Assert.Equal(["Hội khuyến học", "Trường mầm non", "Khuyến học ở xã"], await TitlesAsync(visitor, ""));
        Assert.Equal(["Hội khuyến học", "Khuyến học ở xã"], await TitlesAsync(visitor, "?q=khuyen%20hoc"));
        Assert.Equal(["Trường mầm non"], await TitlesAsync(visitor, "?q=%22m%E1%BA%A7m%20non%22"));
        Assert.Empty(await TitlesAsync(visitor, "?q=..."));
        var oldest = (await ListAsync(visitor, "")).GetProperty("items")[2];
        await DoneAsync(visitor, oldest, "answer", new { text = "Xong." });
        // What is open comes first.
        Assert.Equal(
            ["Hội khuyến học", "Trường mầm non", "Khuyến học ở xã"],
            await TitlesAsync(visitor, "?sort=dueBy")
        );
        Assert.Equal(["Khuyến học ở xã"], await TitlesAsync(visitor, "?status=answered,published"));
        Assert.Empty(await TitlesAsync(visitor, "?overdue=true"));
        Assert.Equal(3, (await TitlesAsync(visitor, "?overdue=false")).Length);
        Assert.Equal(["Hội khuyến học"], await TitlesAsync(visitor, "?sort=newest&pageSize=1"));
    }

    [Theory, EveryShape]
    public async Task A_formula_in_any_field_comes_out_of_the_export_as_text(Shape shape)
    {
        var visitor = await Visitor.OfNewSiteAsync(portals, shape, Cancel);
        foreach (var formula in (string[])["=cmd|' /C calc'!A0", "+1", "@x", "-2+3", "＝1+1"])
        {
            var fields = Visitor.Fields(formula);
            (fields["fullName"], fields["content"], fields["page"]) = (formula, $"{formula}\n\"a\",b;c", "/tin?a=1");
            await visitor.ReceiptAsync(fields);
        }

        var plus = Visitor.Fields("Số điện thoại");
        plus["phone"] = "+84 912 345 678";
        await visitor.ReceiptAsync(plus);
        var message = visitor.Portal.Shape.OperatorsDoor.Message(
            HttpMethod.Get,
            $"/api/operator/sites/{visitor.Site}/feedback/export.csv?sort=newest",
            null,
            new Dictionary<string, string> { ["Authorization"] = $"Bearer {visitor.Portal.Admin.Value}" }
        );
        using var client = new HttpClient();
        using var reply = await client.SendAsync(message, Cancel);
        Assert.Equal(new MediaTypeHeaderValue("text/csv", "utf-8"), reply.Content.Headers.ContentType);
        var bytes = await reply.Content.ReadAsByteArrayAsync(Cancel);
        Assert.Equal(Encoding.UTF8.GetPreamble(), bytes[..3]);
        var rows = Csv.Read(Encoding.UTF8.GetString(bytes.AsSpan(3)));
        Assert.Equal(7, rows.Count);
        Assert.Equal(("receipt", "fullName", "content"), (rows[0][0], rows[0][6], rows[0][11]));
        Assert.Equal("'+84 912 345 678", rows[1][8]);
        Assert.All(
            rows.Skip(1).SelectMany(row => row),
            cell =>
                Assert.False(
                    cell.TrimStart(' ') is { Length: > 0 } start
                        && "=+-@＝＋－＠\t\r".Contains(start[0], StringComparison.Ordinal),
                    cell
                )
        );
        Assert.Equal("'＝1+1\n\"a\",b;c", rows[2][11]);
        Assert.Equal(
            "exported",
            Text(
                (await visitor.Portal.ReadAsOperatorAsync(visitor.Site, "feedback/audit", Cancel)).Json.GetProperty(
                    "items"
                )[0],
                "step"
            )
        );
    }

    [Theory, EveryShape]
    public async Task Erased_nothing_of_the_person_is_left(Shape shape)
    {
        var visitor = await Visitor.OfNewSiteAsync(portals, shape, Cancel);
        var fields = Visitor.Fields("Bí mật");
        fields["email"] = "an@example.vn";
        var receipt = await visitor.ReceiptAsync(fields);
        var entry = await DoneAsync(visitor, await OnlyAsync(visitor), "notes", new { text = "Ông An gọi lại." });
        entry = await DoneAsync(visitor, entry, "erase", new { reason = "Theo yêu cầu." });
        Assert.NotNull(Text(entry, "erasedAt"));
        // Again is harmless; anything else could be erased no more.
        Assert.Equal(200, (int)(await ActAsync(visitor, entry, "erase", new { reason = "Ông An" })).Status);
        Assert.Equal((409, "feedback_erased"), Code(await ActAsync(visitor, entry, "notes", new { text = "Ông An" })));
        foreach (
            var path in (string[])["feedback", $"feedback/{Text(entry, "id")}/steps", "feedback/audit", "feedback?q=an"]
        )
        {
            var body = (await visitor.Portal.ReadAsOperatorAsync(visitor.Site, path, Cancel)).Body;
            Assert.DoesNotContain(
                "An",
                body.Replace("Theo yêu cầu", "", StringComparison.Ordinal),
                StringComparison.Ordinal
            );
            Assert.DoesNotContain("Bí mật", body, StringComparison.Ordinal);
        }

        Assert.Equal("declined", Text((await visitor.ReadAsync($"/{receipt}")).Json, "status"));
        await using var database = await visitor.Portal.Shape.ConnectToFeedbackAsync();
        await using var command = database.CreateCommand();
        command.CommandText =
            $"""SELECT COUNT(*) FROM "Feedback" WHERE "Site" = '{visitor.Site}' AND ("Words" LIKE '%an%' OR "FullName" <> '' OR "Email" IS NOT NULL)""";
        Assert.Equal(
            0L,
            Convert.ToInt64(await command.ExecuteScalarAsync(Cancel), System.Globalization.CultureInfo.InvariantCulture)
        );
    }

    [Theory, EveryShape]
    public async Task A_key_needs_the_scopes_of_feedback(Shape shape)
    {
        var visitor = await Visitor.OfNewSiteAsync(portals, shape, Cancel);
        var door = visitor.Portal.Shape.OperatorsDoor;
        foreach (var path in (string[])["feedback", "feedback/export.csv", "feedback/audit"])
        {
            Assert.Equal(401, (int)(await door.GetAsync($"/api/operator/sites/site-000/{path}", Cancel)).Status);
            var refused = await door.GetAsync(
                $"/api/operator/sites/site-000/{path}",
                Cancel,
                ("Authorization", $"Bearer {visitor.Portal.Reader.Value}")
            );
            Assert.Equal((403, "operator_scope_missing"), Code(refused));
            Assert.Equal(
                404,
                (int)(await visitor.Portal.Public.GetAsync($"/api/operator/sites/site-000/{path}", Cancel)).Status
            );
        }
    }

    [Theory, EveryShape]
    public async Task Wrong_fields_of_a_step_are_refused_and_change_nothing(Shape shape)
    {
        var (visitor, entry) = await WithOneAsync(shape);
        foreach (var (step, body) in WrongSteps)
        {
            Assert.Equal((400, "invalid_fields"), Code(await ActAsync(visitor, entry, step, body)));
        }
        await UnchangedAsync(visitor, entry);
    }

    [Theory, EveryShape]
    public async Task A_step_needs_the_version_that_was_read(Shape shape)
    {
        var (visitor, entry) = await WithOneAsync(shape);
        Assert.Equal((428, "if_match_required"), Code(await WriteAsync(visitor, $"{Text(entry, "id")}/start")));
        await UnchangedAsync(visitor, entry);
    }

    [Theory, EveryShape]
    public async Task A_step_of_unknown_feedback_is_refused(Shape shape)
    {
        var (visitor, entry) = await WithOneAsync(shape);
        Assert.Equal(
            (404, "unknown_feedback"),
            Code(await WriteAsync(visitor, $"{Guid.NewGuid()}/start", null, ("If-Match", "\"1\"")))
        );
        await UnchangedAsync(visitor, entry);
    }

    [Theory, EveryShape]
    public async Task A_wrong_query_of_the_list_is_refused_with_its_code(Shape shape)
    {
        var (visitor, entry) = await WithOneAsync(shape);
        foreach (var (query, code) in WrongQueries)
        {
            Assert.Equal(
                (400, code),
                Code(await visitor.Portal.ReadAsOperatorAsync(visitor.Site, "feedback" + query, Cancel))
            );
        }
        await UnchangedAsync(visitor, entry);
    }

    [Theory, EveryShape]
    public async Task Retention_is_a_day_at_least_and_erases_nothing_that_is_younger(Shape shape)
    {
        var (visitor, entry) = await WithOneAsync(shape);
        Assert.Equal(
            (400, "invalid_fields"),
            Code(await WriteAsync(visitor, "retention", new { olderThanDays = 0, reason = "x" }))
        );
        var reply = await WriteAsync(visitor, "retention", new { olderThanDays = 1, reason = "Hết hạn lưu." });
        Assert.Equal((200, 0), ((int)reply.Status, reply.Json.GetProperty("erased").GetInt32()));
        await UnchangedAsync(visitor, entry);
    }

    private async Task<(Visitor Visitor, JsonElement Entry)> WithOneAsync(Shape shape)
    {
        var visitor = await Visitor.OfNewSiteAsync(portals, shape, Cancel);
        await visitor.ReceiptAsync();
        return (visitor, await OnlyAsync(visitor));
    }

    private static Task<Reply> WriteAsync(
        Visitor visitor,
        string path,
        object? body = null,
        params (string Name, string Value)[] headers
    ) => visitor.Portal.WriteAsOperatorAsync(visitor.Site, $"feedback/{path}", body, Cancel, headers);

    private static async Task UnchangedAsync(Visitor visitor, JsonElement entry) =>
        Assert.Equal(
            entry.GetProperty("version").GetInt64(),
            (await OnlyAsync(visitor)).GetProperty("version").GetInt64()
        );

    private static Task<Reply> ActAsync(Visitor visitor, JsonElement entry, string step, object? body = null) =>
        WriteAsync(
            visitor,
            $"{Text(entry, "id")}/{step}",
            body,
            ("If-Match", $"\"{entry.GetProperty("version").GetInt64()}\"")
        );

    private static async Task<JsonElement> DoneAsync(
        Visitor visitor,
        JsonElement entry,
        string step,
        object? body = null
    )
    {
        var reply = await ActAsync(visitor, entry, step, body);
        Assert.True((int)reply.Status == 200, reply.ToString());
        return reply.Json;
    }

    private static async Task<JsonElement> ListAsync(Visitor visitor, string query) =>
        (await visitor.Portal.ReadAsOperatorAsync(visitor.Site, "feedback" + query, Cancel)).Json;

    private static async Task<JsonElement> OnlyAsync(Visitor visitor) =>
        Assert.Single((await ListAsync(visitor, "")).GetProperty("items").EnumerateArray());

    private static async Task<string?[]> TitlesAsync(Visitor visitor, string query) =>
        [
            .. (await ListAsync(visitor, query))
                .GetProperty("items")
                .EnumerateArray()
                .Select(entry => Text(entry, "title")),
        ];

    private static string? Text(JsonElement json, string field) => json.GetProperty(field).GetString();

    private static (int, string?) Code(Reply reply) => ((int)reply.Status, reply.Code);
}
