namespace PortalServices.Counting.RecordView;

/// <summary>
/// Gives the answers of a batch one after the other, each to the end of its reply: to wake a thread for every one costs
/// more than the reply itself. A large batch is spread over several work items, so that its last view does not wait for
/// all the others.
/// </summary>
internal sealed class BatchCompletion : IThreadPoolWorkItem
{
    private const int AtOnce = 8;
    private readonly IReadOnlyList<PendingView> _views;
    private readonly ViewAnswer[] _answers;
    private readonly int _from;

    private BatchCompletion(IReadOnlyList<PendingView> views, ViewAnswer[] answers, int from) =>
        (_views, _answers, _from) = (views, answers, from);

    /// <summary>
    /// Completes the views, each with the answer at its place. One that has an answer already keeps it. Never runs a
    /// reply in the caller.
    /// </summary>
    public static void Complete(IReadOnlyList<PendingView> views, ViewAnswer[] answers)
    {
        for (var from = 0; from < answers.Length; from += AtOnce)
        {
            ThreadPool.UnsafeQueueUserWorkItem(new BatchCompletion(views, answers, from), preferLocal: false);
        }
    }

    /// <summary>Gives all of them the same answer.</summary>
    public static void Complete(IReadOnlyList<PendingView> views, ViewAnswer answer)
    {
        var answers = new ViewAnswer[views.Count];
        Array.Fill(answers, answer);
        Complete(views, answers);
    }

    public void Execute()
    {
        for (var i = _from; i < Math.Min(_from + AtOnce, _answers.Length); i++)
        {
            _views[i].TrySetResult(_answers[i]);
        }
    }
}
