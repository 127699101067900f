using System.Diagnostics;
using PortalServices.Counting.Bots;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.ReadStats;
using PortalServices.Counting.Store;
using StackExchange.Redis;

namespace PortalServices.Counting.RecordView;

/// <summary>
/// The lane of one site: gathers the views that wait, commits them in batches of one minute, one batch at a time, and
/// only then answers all of them. A batch whose outcome is unclear is sent again unchanged until the receipt in the
/// ledger makes it clear.
/// </summary>
internal sealed partial class ViewCommitter(
    Site site,
    StoreConnection store,
    ViewLedger ledger,
    AcknowledgedStates acknowledged,
    StoreMemoryMonitor fill,
    SiteReader reader,
    StoreAvailability availability,
    IReadOnlyList<ILedgerSubscriber> subscribers,
    WaitingViews places,
    RememberedVisitors remembered,
    ExpiredIds expired,
    CountingOptions options,
    TimeProvider time,
    ILogger<ViewCommitter> logger
)
{
    private const int NotAView = -1;
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan FailingLong = TimeSpan.FromSeconds(1);

    // No generation of ids ends sooner for their number.
    private static readonly TimeSpan BetweenEmptyCommits = TimeSpan.FromSeconds(5);

    private readonly ViewQueue _queue = new(places, time);
    private readonly WriterLane _lane = new(time);
    private long _failingSince;
    private long _acknowledgedCommit;
    private long _triedAt;
    private long _horizon;

    /// <summary>Waits for the commit of a view.</summary>
    public Task<ViewAnswer> CommitAsync(AwaitedView view)
    {
        if (TryAdd(view) is { } refusal)
        {
            return Task.FromResult(new ViewAnswer(refusal));
        }
        Commit();
        return view.Completion.Task;
    }

    /// <summary>
    /// Takes a view in, which is answered when it is committed: whoever has added all that are there together calls
    /// <see cref="Commit"/>. Else the reason why it is not taken.
    /// </summary>
    public ViewFate? TryAdd(PendingView view)
    {
        // The store has been away for a while: another view would only wait in vain. The reader's beat tells when that
        // is over.
        var failingSince = Volatile.Read(ref _failingSince);
        if (failingSince != 0 && availability.IsAway && time.GetElapsedTime(failingSince) > FailingLong)
        {
            return ViewFate.StoreAway;
        }

        if (!places.TryEnter())
        {
            return ViewFate.TooManyWaiting;
        }

        if (Activity.Current is { Recorded: true } request)
        {
            view.Sampled = request.Context;
        }

        _queue.Add(view);
        return null;
    }

    /// <summary>Commits what was added, beside the caller.</summary>
    public void Commit()
    {
        if (_queue.TryServe())
        {
            ThreadPool.UnsafeQueueUserWorkItem(static committer => _ = committer.RunAsync(), this, preferLocal: false);
        }
    }

    /// <summary>Answers those who have waited too long. Called from time to time.</summary>
    public void CompleteOverdue() => _queue.CompleteOverdue();

    /// <summary>
    /// In a store that is nearly full view ids make room also while nothing is committed: nobody views the site, or its
    /// views are refused. Called from time to time; a site whose views are committed does so by itself.
    /// </summary>
    public void MakeRoom()
    {
        if (_queue.TryServe())
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static committer => _ = committer.MakeRoomThenRunAsync(),
                this,
                preferLocal: false
            );
        }
    }

    private async Task MakeRoomThenRunAsync()
    {
        try
        {
            await MakeRoomAsync(mayCommit: true);
        }
#pragma warning disable CA1031 // As in a batch.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogFault(e, site.Id);
            _lane.Renew();
        }

        await RunAsync();
    }

    private async Task RunAsync()
    {
        while (_queue.Take() is { Count: > 0 } views)
        {
            try
            {
                await CommitAsync(views);
            }
#pragma warning disable CA1031 // A fault of one batch must not end the lane of the site: it is logged and answered.
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogFault(e, site.Id);
                Volatile.Write(ref _failingSince, 0);
                _lane.Renew();
                Refuse(views, ViewFate.StoreAway);
            }
        }
    }

    private async Task CommitAsync(IReadOnlyList<PendingView> views)
    {
        using var span = CommitSpan.Start(site.Id, views);
        var started = time.GetTimestamp();

        var batch = new CommitBatch(views.Count) { Buckets = views[0].Buckets };
        var indexes = new int[views.Count];
        for (var i = 0; i < indexes.Length; i++)
        {
            var view = views[i];
            if (view.Bot != BotReason.None)
            {
                batch.AddBot(view.Path, view.Bot.StoredName(), view.Id, view.FirstSent, view.EarlierId);
                indexes[i] = NotAView;
                continue;
            }

            indexes[i] = batch.AddView(view.Path, view.Id, view.FirstSent, view.EarlierId);
        }

        remembered.AddTo(batch, views);
        var (reply, refusal) = await CommitUntilClearAsync(batch, views);
        if (reply is null)
        {
            Refuse(views, refusal);
            if (refusal == ViewFate.StoreFull)
            {
                await MakeRoomAsync(mayCommit: true);
            }
            else
            {
                // The lane goes with the batch: its number must never be given to another one.
                _lane.Renew();
            }
            return;
        }

        _lane.Advance();
        remembered.Stored(batch);
        CountingTelemetry.BatchViews.Record(views.Count);
        CountingTelemetry.CommitSeconds.Record(time.GetElapsedTime(started).TotalSeconds);
        var numbers = reply.Numbers!;
        await PublishAsync(numbers, hasNewVisitors: batch.Visitors.Count > 0);
        var answers = new ViewAnswer[indexes.Length];
        for (var i = 0; i < indexes.Length; i++)
        {
            var fate = indexes[i] == NotAView ? ViewFate.Bot : reply.FateOf(indexes[i]);
            answers[i] = new ViewAnswer(fate, numbers.Site, numbers.Pages[batch.PageIndex(views[i].Path)].Value);
        }

        ViewAnswers.Deliver(views, answers);
        await MakeRoomAsync(mayCommit: false);
    }

    private async Task PublishAsync(LedgerRead numbers, bool hasNewVisitors)
    {
        var commit = new LedgerCommitted(site.Id, numbers, hasNewVisitors);
        foreach (var subscriber in subscribers)
        {
            await subscriber.CommittedAsync(commit);
        }
    }

    /// <summary>Between two batches, so that ids do not come faster than those go that are over.</summary>
    private async Task MakeRoomAsync(bool mayCommit)
    {
        try
        {
            if (mayCommit && (_triedAt == 0 || time.GetElapsedTime(_triedAt) > BetweenEmptyCommits))
            {
                _triedAt = Math.Max(1, time.GetTimestamp());
                await CommitNothingAsync();
            }

            if (reader.Latest is { } latest)
            {
                await expired.RemoveAsync(latest.Site);
            }
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            // After the next batch, or a while later.
        }
    }

    /// <summary>
    /// Ends the current generation of ids when its time or its number is reached, as every commit does. It makes the
    /// ledger no larger.
    /// </summary>
    private async Task CommitNothingAsync()
    {
        if (!await expired.MayEndAsync() || !await reader.OpenAsync())
        {
            return;
        }

        if (
            await CommitUntilClearAsync(new CommitBatch(maxViews: 0) { Buckets = reader.Now }, []) is
            { Reply.Numbers: { } numbers }
        )
        {
            _lane.Advance();
            await PublishAsync(numbers, hasNewVisitors: false);
        }
        else
        {
            _lane.Renew();
        }
    }

    /// <summary>
    /// The reply of a batch that is stored; else what its views are answered: it certainly was not applied, or nobody
    /// waits for it any more, or the ledger is damaged.
    /// </summary>
    private async Task<(CommitReply? Reply, ViewFate Refusal)> CommitUntilClearAsync(
        CommitBatch batch,
        IReadOnlyList<PendingView> views
    )
    {
        var (wasSent, isUnclear, hasLooked) = (false, false, false);
        var delay = FirstRetry;
        while (true)
        {
            var attempt = await TryCommitAsync(batch, hasViews: views.Count > 0, isUnclear);
            wasSent |= attempt.WasSent;
            // What a script trips over, it trips over again.
            if (attempt.Outcome == AttemptOutcome.Unreadable && !hasLooked)
            {
                hasLooked = true;
                await LookForDamageAsync(attempt.Process!);
            }

            var isAwaited = views.Any(view => !view.IsAnswered);
            switch (CommitTransitions.After(attempt.Outcome, isUnclear, isAwaited))
            {
                case CommitMove.Answer:
                    return (attempt.Reply, default);
                case CommitMove.SendInNewLane:
                    _lane.Renew();
                    isUnclear = false;
                    continue;
                case CommitMove.RefuseFull:
                    if (wasSent)
                    {
                        // Its number must never be given to another batch.
                        _lane.Renew();
                    }

                    return (null, ViewFate.StoreFull);
                case CommitMove.GiveUp:
                    return (null, ViewFate.StoreAway);
            }

            isUnclear |= attempt.Outcome == AttemptOutcome.Unclear;
            await Task.Delay(delay, time);
            delay = delay * 2 < LongestRetry ? delay * 2 : LongestRetry;
            CountingTelemetry.Retries.Add(1);
        }
    }

    private async Task<Attempt> TryCommitAsync(CommitBatch batch, bool hasViews, bool isUnclear)
    {
        StoreProcess? process = null;
        var wasSent = false;
        try
        {
            process = await ledger.ProcessOfAsync(site.Id);
            // Here and not where views come in, so that it holds for those in the queue, too. What may be stored
            // already goes on.
            if (!isUnclear && hasViews && !HasRoom(process.Fill.Room))
            {
                return Came(AttemptOutcome.Full);
            }

            fill.BeforeCommit(process, batch.MaxGrowth);
            _lane.Prepare(isUnclear);
            wasSent = true;
            var reply = await ledger.CommitAsync(process, site.Id, _lane.Id, _lane.Sequence, batch);
            switch (reply.State)
            {
                case CommitState.Applied:
                    Volatile.Write(ref _failingSince, 0);
                    _triedAt = Math.Max(1, time.GetTimestamp());
                    SeeCommit(reply.Numbers!.Site.Version.Commit);
                    SeeHorizon(reply.Numbers.Site.IdHorizon);
                    acknowledged.Note(
                        site.Id,
                        new LedgerState(reply.Numbers.Site.Version, reply.Numbers.Site.CountedTotal)
                    );
                    return Came(AttemptOutcome.Applied) with { Reply = reply };
                case CommitState.Gap:
                    // What follows was acknowledged and is gone: the store was restored, failed over, or lost its last
                    // second.
                    LogGap(site.Id, _lane.Id, reply.LastSequence, _lane.Sequence - 1);
                    CountingTelemetry.Gaps.Add(1);
                    return Came(AttemptOutcome.Gap);
                case CommitState.LacksIds:
                    return Came(AttemptOutcome.LacksIds);
                default:
                    throw new InvalidOperationException(
                        $"The ledger of {site.Id} knows a later batch of lane {_lane.Id} than {_lane.Sequence}."
                    );
            }
        }
        catch (UnsafeStoreException)
        {
            return Came(AttemptOutcome.Unsafe);
        }
        catch (DamagedLedgerException)
        {
            return Came(AttemptOutcome.Damaged);
        }
        catch (StoreUnavailableException e)
        {
            return Failed(AttemptOutcome.Unavailable, e);
        }
        catch (RedisServerException e) when (StoreConnection.IsUnknownScript(e))
        {
            // It is checked and taught the scripts before the next try.
            store.Forget(process!);
            return Came(AttemptOutcome.Restarted);
        }
        catch (RedisServerException e)
        {
            return Failed(ViewLedger.IsUnreadable(e) ? AttemptOutcome.Unreadable : AttemptOutcome.Rejected, e);
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            return Failed(AttemptOutcome.Unclear, e);
        }

        Attempt Came(AttemptOutcome outcome) => new(outcome, wasSent, process);

        Attempt Failed(AttemptOutcome outcome, Exception e)
        {
            Failing(e);
            return Came(outcome);
        }
    }

    private readonly record struct Attempt(
        AttemptOutcome Outcome,
        bool WasSent,
        StoreProcess? Process,
        CommitReply? Reply = null
    );

    // The next batch that fails looks again.
    private Task<bool> LookForDamageAsync(StoreProcess process) =>
        StoreFailure.TryAsync(() => ledger.LookForDamageAsync(process, site.Id, CancellationToken.None));

    /// <summary>
    /// Each commit has a greater number than those acknowledged before it, whatever lane they were in: else the store
    /// was emptied or replaced.
    /// </summary>
    private void SeeCommit(long commit)
    {
        if (commit <= _acknowledgedCommit)
        {
            LogLost(site.Id, commit, _acknowledgedCommit);
            CountingTelemetry.Gaps.Add(1);
        }

        _acknowledgedCommit = commit;
    }

    /// <summary>
    /// The horizon goes on by the length of the generation before the one that ends (<c>horizonOf</c> in
    /// ViewLedger.Prelude.lua).
    /// </summary>
    private void SeeHorizon(long horizon)
    {
        if (_horizon > 0 && horizon > _horizon && horizon - _horizon < options.ViewIdGeneration.TotalMilliseconds)
        {
            CountingTelemetry.EarlyGenerations.Add(1);
        }

        _horizon = horizon;
    }

    private void Failing(Exception e)
    {
        if (Volatile.Read(ref _failingSince) == 0)
        {
            Volatile.Write(ref _failingSince, Math.Max(1, time.GetTimestamp()));
            LogFailing(site.Id, e.Message);
        }

        availability.Failed();
    }

    /// <summary>Whether a store so full takes views of this site.</summary>
    private bool HasRoom(AdmissionLevel room) =>
        room switch
        {
            AdmissionLevel.Nothing => false,
            // A ledger that another replica made is seen by the reader within a second or two.
            AdmissionLevel.KnownSites => _acknowledgedCommit > 0 || reader.Latest?.Site.Version.Commit > 0,
            _ => true,
        };

    private static void Refuse(IReadOnlyList<PendingView> views, ViewFate fate) =>
        ViewAnswers.Deliver(views, new ViewAnswer(fate));

    [LoggerMessage(
        Level = LogLevel.Critical,
        Message = "The store lost commits of {Site} that it had acknowledged: lane {Lane} is at {Known} there, and {Acknowledged} was acknowledged. Counting goes on in a new lane; see how the store was restarted, restored or failed over."
    )]
    private partial void LogGap(string site, string lane, long known, long acknowledged);

    [LoggerMessage(
        Level = LogLevel.Critical,
        Message = "The store lost commits of {Site} that it had acknowledged: it is at commit {Known} now, and {Acknowledged} was acknowledged. See how the store was restarted, restored or replaced."
    )]
    private partial void LogLost(string site, long known, long acknowledged);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "A commit of {Site} is repeated until its outcome is clear: {Reason}"
    )]
    private partial void LogFailing(string site, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "A batch of {Site} could not be committed.")]
    private partial void LogFault(Exception e, string site);
}
