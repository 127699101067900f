using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using PortalServices.OperatorAccess.Gate;
using PortalServices.ServiceDefaults.Doors;

namespace PortalServices.OperatorAccess.Tests.Gate;

public sealed class OperatorGateTests
{
    private static readonly string Reader = OperatorKey.NewKey(),
        Writer = OperatorKey.NewKey(),
        Admin = OperatorKey.NewKey(),
        Elsewhere = OperatorKey.NewKey();
    private static readonly string AdminOfSonla = OperatorKey.NewKey();

    [Theory]
    [InlineData("GET", "/api/operator/sites/sonla/audit")]
    [InlineData("GET", "/api/operator/sites/nobody/audit")]
    [InlineData("POST", "/api/operator/sites/sonla/nothing")]
    [InlineData("GET", "/api/operator/nothing")]
    [InlineData("GET", "/api/operator")]
    [InlineData("GET", "/API/Operator/sites/sonla/audit")]
    public async Task Without_a_good_key_everything_looks_alike(string method, string path)
    {
        await using var app = await StartAsync();
        foreach (var door in new[] { Door.Operators, Door.Internal })
        {
            await AssertRefusedAsync(app, door, method, path, null, 401, "operator_key_required", "Bearer");
            await AssertRefusedAsync(
                app,
                door,
                method,
                path,
                "Basic dXNlcjpwYXNz",
                401,
                "operator_key_required",
                "Bearer"
            );
            await AssertRefusedAsync(app, door, method, path, "Bearer ", 401, "operator_key_required", "Bearer");
            await AssertRefusedAsync(
                app,
                door,
                method,
                path,
                "Bearer nonsense",
                401,
                "operator_key_invalid",
                "Bearer error=\"invalid_token\""
            );
            await AssertRefusedAsync(
                app,
                door,
                method,
                path,
                "Bearer " + OperatorKey.NewKey(),
                401,
                "operator_key_invalid",
                "Bearer error=\"invalid_token\""
            );
        }
    }

    [Theory]
    [InlineData("POST", "/api/operator/sites/sonla/corrections")]
    [InlineData("POST", "/api/operator/sites/nobody/corrections")]
    [InlineData("POST", "/api/operator/sites/sonla/corrections/nothing/here")]
    public async Task Too_small_a_scope_is_refused_whether_or_not_the_route_exists(string method, string path)
    {
        await using var app = await StartAsync();
        await AssertRefusedAsync(
            app,
            Door.Operators,
            method,
            path,
            "Bearer " + Reader,
            403,
            "operator_scope_missing",
            "Bearer error=\"insufficient_scope\", scope=\"counting.write\""
        );
    }

    [Theory]
    [InlineData("/api/operator/sites/sonla/unheard-of")]
    [InlineData("/api/operator/sites/sonla")]
    [InlineData("/api/operator/keys")]
    public async Task What_belongs_to_no_area_is_the_administrators(string path)
    {
        await using var app = await StartAsync();
        await AssertRefusedAsync(
            app,
            Door.Operators,
            "GET",
            path,
            "Bearer " + Writer,
            403,
            "operator_scope_missing",
            "Bearer error=\"insufficient_scope\", scope=\"admin\""
        );
        await AssertRefusedAsync(app, Door.Operators, "GET", path, "Bearer " + Admin, 404, "not_found", null);
    }

    [Theory]
    [InlineData("/api/operator/sites/sonla/audit")]
    [InlineData("/api/operator/sites/sonla/audit/nothing")]
    [InlineData("/api/operator/sites/nobody/audit")]
    public async Task A_key_is_good_for_its_sites_only(string path)
    {
        await using var app = await StartAsync();
        await AssertRefusedAsync(
            app,
            Door.Operators,
            "GET",
            path,
            "Bearer " + Elsewhere,
            403,
            "operator_site_missing",
            null
        );
    }

    [Theory]
    [InlineData("/api/operator/states-nothing")]
    [InlineData("/api/operator/of-all-sites")]
    [InlineData("/api/operator/nothing")]
    [InlineData("/api/operator")]
    [InlineData("/api/operator/sites")]
    [InlineData("/api/operator//sites/sonla/audit")]
    public async Task An_address_without_a_site_is_for_keys_of_all_sites_unless_its_route_says_how_it_is_limited(
        string path
    )
    {
        await using var app = await StartAsync();
        await AssertRefusedAsync(
            app,
            Door.Operators,
            "GET",
            path,
            "Bearer " + AdminOfSonla,
            403,
            "operator_site_missing",
            null
        );
        await AssertRefusedAsync(
            app,
            Door.Internal,
            "GET",
            path,
            "Bearer " + AdminOfSonla,
            403,
            "operator_site_missing",
            null
        );
        using var reply = await app.GetAsync(Door.Operators, path, ("Authorization", "Bearer " + Admin));
        Assert.Contains((int)reply.StatusCode, (int[])[200, 404]);
    }

    [Theory]
    [InlineData("/api/operator/limited-by-handler", "sonla")]
    [InlineData("/api/operator/limited-by-service", "sonla")]
    public async Task A_route_that_limits_itself_is_told_the_sites_of_the_key(string path, string sites)
    {
        await using var app = await StartAsync();
        using var reply = await app.GetAsync(Door.Operators, path, ("Authorization", "Bearer " + AdminOfSonla));
        Assert.Equal(
            (200, sites),
            ((int)reply.StatusCode, await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
        );
        using var all = await app.GetAsync(Door.Operators, path, ("Authorization", "Bearer " + Admin));
        Assert.Equal(
            (200, "*"),
            ((int)all.StatusCode, await all.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
        );
    }

    [Theory]
    [InlineData("sonla", true)]
    [InlineData("Sonla", false)]
    [InlineData("english", false)]
    [InlineData("*", false)]
    [InlineData(null, false)]
    public void What_belongs_to_no_known_site_is_not_for_a_key_of_some_sites(string? site, bool isFor)
    {
        Assert.Equal(isFor, new CallingOperator("some", ["sonla"]).IsFor(site));
        Assert.True(new CallingOperator("all").IsFor(site));
    }

    [Fact]
    public async Task Who_may_do_everything_is_told_what_does_not_exist()
    {
        await using var app = await StartAsync();
        await AssertRefusedAsync(
            app,
            Door.Operators,
            "GET",
            "/api/operator/sites/nobody/audit",
            "Bearer " + Admin,
            404,
            "unknown_site",
            null
        );
        await AssertRefusedAsync(
            app,
            Door.Operators,
            "GET",
            "/api/operator/sites/sonla/audit/nothing",
            "Bearer " + Admin,
            404,
            "not_found",
            null
        );
        await AssertRefusedAsync(
            app,
            Door.Operators,
            "PUT",
            "/api/operator/sites/sonla/audit",
            "Bearer " + Admin,
            405,
            "method_not_allowed",
            null
        );
    }

    [Fact]
    public async Task Who_may_is_let_in_and_known_by_name()
    {
        await using var app = await StartAsync();
        foreach (var (key, name) in new[] { (Reader, "reader"), (Writer, "writer"), (Admin, "admin") })
        {
            foreach (var door in new[] { Door.Operators, Door.Internal })
            {
                using var reply = await app.GetAsync(
                    door,
                    "/api/operator/sites/sonla/audit",
                    ("Authorization", "bearer " + key)
                );
                Assert.Equal(
                    (200, name),
                    (
                        (int)reply.StatusCode,
                        await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
                    )
                );
            }
        }
    }

    [Fact]
    public async Task At_the_public_door_there_is_nothing_even_for_an_administrator()
    {
        await using var app = await StartAsync();
        await AssertRefusedAsync(
            app,
            Door.Public,
            "GET",
            "/api/operator/sites/sonla/audit",
            "Bearer " + Admin,
            404,
            "not_found",
            null
        );
        await AssertRefusedAsync(
            app,
            Door.Public,
            "GET",
            "/api/operator/sites/sonla/audit",
            null,
            404,
            "not_found",
            null
        );
    }

    [Fact]
    public async Task Other_addresses_need_no_key()
    {
        await using var app = await StartAsync();
        using var reply = await app.GetAsync(Door.Operators, "/api/operators");
        Assert.Equal("nobody", await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static async Task AssertRefusedAsync(
        TestApp app,
        Door door,
        string method,
        string path,
        string? authorization,
        int status,
        string code,
        string? challenge
    )
    {
        using var reply = await app.SendAsync(
            door,
            new HttpMethod(method),
            path,
            null,
            authorization is null ? [] : [("Authorization", authorization)]
        );
        var body = await reply.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal((status, code), ((int)reply.StatusCode, body.GetProperty("code").GetString()));
        Assert.Equal(
            challenge,
            reply.Headers.TryGetValues("WWW-Authenticate", out var values) ? string.Join('|', values) : null
        );
    }

    private static Task<TestApp> StartAsync() =>
        TestApp.StartAsync(
            builder => builder.AddOperatorAccess(),
            app =>
            {
                app.UseOperatorAccess();
                app.UseOperatorAccess(); // As where a service and the edge share a process.
                app.MapGet("/api/operator/sites/{site}/audit", (HttpContext context) => context.Operator()?.Name);
                app.MapPost("/api/operator/sites/{site}/corrections", () => Results.Ok());
                app.MapGet("/api/operator/states-nothing", Sites);
                app.MapGet("/api/operator/of-all-sites", Sites).LimitSites(SiteLimit.AllSites);
                app.MapGet("/api/operator/limited-by-handler", Sites).LimitSites(SiteLimit.Handler);
                app.MapGet("/api/operator/limited-by-service", Sites).LimitSites(SiteLimit.Service);
                app.MapGet("/api/operators", (HttpContext context) => context.Operator()?.Name ?? "nobody");
            },
            [
                .. Key(0, "reader", Reader, "counting.read", "sonla"),
                .. Key(1, "writer", Writer, "counting.write", "*"),
                .. Key(2, "admin", Admin, "admin", "*"),
                .. Key(3, "elsewhere", Elsewhere, "counting.write", "english"),
                .. Key(4, "admin of sonla", AdminOfSonla, "admin", "sonla"),
            ]
        );

    private static string Sites(HttpContext context) =>
        context.Operator()!.Sites is { } sites ? string.Join(',', sites) : OperatorKey.AllSites;

    private static string[] Key(int index, string name, string key, string scope, string site)
    {
        var at = $"--Operators:Keys:{index}";
        return
        [
            $"{at}:Name={name}",
            $"{at}:Hash={OperatorKey.HashOf(key)}",
            $"{at}:Scopes:0={scope}",
            $"{at}:Sites:0={site}",
        ];
    }
}
