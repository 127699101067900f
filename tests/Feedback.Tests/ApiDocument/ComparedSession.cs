namespace PortalServices.Feedback.Tests.ApiDocument;

/// <summary>Requests to one site, every reply to which is compared with the API document.</summary>
internal sealed class ComparedSession
{
    private readonly DocumentedReplies _documented;
    private readonly List<string> _mistakes = [];

    private ComparedSession(FeedbackApp app, DocumentedReplies documented) =>
        (App, Site, _documented) = (app, app.NewSite(), documented);

    public FeedbackApp App { get; }

    public string Site { get; }

    public IEnumerable<string> Unseen => _documented.Unseen;

    public static async Task<ComparedSession> StartAsync(FeedbackApp app) =>
        new(
            app,
            new DocumentedReplies(
                (await app.SendAsync(Door.Operators, HttpMethod.Get, "/openapi/feedback.json", null)).Json
            )
        );

    public void AssertAsDocumented() => Assert.True(_mistakes.Count == 0, string.Join('\n', _mistakes));

    public async Task SendAsync(
        HttpMethod method,
        string path,
        HttpContent? content = null,
        params (string Name, string Value)[] headers
    ) => Compare(method, path, await App.SendAsync(Door.Public, method, path, content, headers));

    /// <summary>POST of feedback as it is.</summary>
    public Task PostAsync(HttpContent content, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, $"/api/sites/{Site}/feedback", content, headers);

    public Task SubmitFormAsync((string Name, string Value)[] fields) =>
        PostAsync(new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))));

    public async Task<AppReply> SubmitAsync(
        string? key = null,
        string title = "Học phí",
        (string? Id, string? Answer)? captcha = null
    ) => Submitted(await App.SubmitAsync(Site, key, title: title, captcha: captcha));

    public async Task SubmitWorkAsync() => Submitted(await App.SubmitWorkAsync(Site));

    /// <summary>A step of an operator.</summary>
    public async Task StepAsync(SentFeedback feedback, string step, object? body = null, string? match = "*")
    {
        (string, string)[] headers = match is null ? [] : [("If-Match", match)];
        await CommandAsync($"feedback/{feedback.Id}/{step}", body, headers);
    }

    /// <summary>POST to an operators' address.</summary>
    public async Task CommandAsync(string path, object? body, params (string Name, string Value)[] headers) =>
        Compare(
            HttpMethod.Post,
            $"/api/operator/sites/{Site}/{path}",
            await App.CommandAsync(Site, path, body, headers)
        );

    /// <summary>GET of a public address, and once more with the ETag of the reply.</summary>
    public async Task ReadAsync(string path)
    {
        var whole = await App.GetAsync(Site, path);
        Compare(HttpMethod.Get, $"/api/sites/{Site}/{path}", whole);
        if (whole.Tag is { } tag)
        {
            await SendAsync(HttpMethod.Get, $"/api/sites/{Site}/{path}", null, ("If-None-Match", tag));
        }
    }

    /// <summary>GET of an operators' address, and once more with the ETag of the reply.</summary>
    public async Task ReadAsOperatorAsync(string path)
    {
        var whole = await App.ReadAsync(Site, path);
        Compare(HttpMethod.Get, $"/api/operator/sites/{Site}/{path}", whole);
        if (whole.Tag is { } tag)
        {
            Compare(
                HttpMethod.Get,
                $"/api/operator/sites/{Site}/{path}",
                await App.ReadAsync(Site, path, ("If-None-Match", tag))
            );
        }
    }

    private AppReply Submitted(AppReply reply)
    {
        Compare(HttpMethod.Post, $"/api/sites/{Site}/feedback", reply);
        return reply;
    }

    private void Compare(HttpMethod method, string path, AppReply reply) =>
        _mistakes.AddRange(_documented.MistakesIn(method, path, reply));
}
