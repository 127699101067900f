namespace PortalServices.Counting.RecordView;

/// <summary>Hands views their answers. The first that one gets is the one that holds.</summary>
internal static class ViewAnswers
{
    /// <summary>
    /// Hands each the answer at its place. Never throws, and never runs in the caller what waits for one: a request goes
    /// on elsewhere, a frame is written here and sent elsewhere.
    /// </summary>
    public static void Deliver(IReadOnlyList<PendingView> views, ReadOnlySpan<ViewAnswer> answers)
    {
        List<TaskCompletionSource<ViewAnswer>>? awaited = null;
        List<ViewAnswer>? theirs = null;
        for (var i = 0; i < answers.Length; i++)
        {
            switch (views[i])
            {
                case FramedView framed:
                    framed.Answer(answers[i]);
                    break;
                case AwaitedView request:
                    (awaited ??= new(answers.Length)).Add(request.Completion);
                    (theirs ??= new(answers.Length)).Add(answers[i]);
                    break;
            }
        }
        // Behind all of them, so that they travel together.
        for (var i = 0; i < answers.Length; i++)
        {
            (views[i] as FramedView)?.Send();
        }
        if (awaited is not null)
        {
            BatchCompletion.Complete<TaskCompletionSource<ViewAnswer>, ViewAnswer>(awaited, [.. theirs!]);
        }
    }

    /// <summary>Hands all of them the same.</summary>
    public static void Deliver(IReadOnlyList<PendingView> views, ViewAnswer answer)
    {
        var answers = new ViewAnswer[views.Count];
        Array.Fill(answers, answer);
        Deliver(views, answers);
    }
}
