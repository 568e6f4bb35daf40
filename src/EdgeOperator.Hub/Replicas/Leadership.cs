using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Replicas;

/// <summary>
/// Work that one replica does for all. Leadership is a lease in the store, which its holder renews; every write of that work names the
/// term, so that a leader that has been replaced without noticing writes nothing any more.
/// </summary>
internal sealed partial class Leadership(IHubStore store, Replica replica, TimeProvider time, ILogger<Leadership> log)
{
    /// <summary>How long a replica that dies stays the leader.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Waits until this replica leads, does the work, and again, until it is cancelled.</summary>
    /// <param name="lease">The work's name.</param>
    /// <param name="work">
    /// Is given its term, for <see cref="IHubStore.WriteDocumentAsync(Document, string?, LeadershipTerm, CancellationToken)"/>, and a token
    /// that is cancelled when the term has ended or the hub stops. When it returns or fails, leadership is given up and sought again.
    /// </param>
    /// <param name="stop">The hub stops: the lease is let go.</param>
    public async Task RunAsync(string lease, Func<LeadershipTerm, CancellationToken, Task> work, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (await AcquireAsync(lease, stop) is { } held)
                await LeadAsync(held, work, stop);
            try
            {
                await Task.Delay(Interval, time, stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task LeadAsync((LeadershipTerm Term, long Since) held, Func<LeadershipTerm, CancellationToken, Task> work, CancellationToken stop)
    {
        Leads(log, held.Term.Lease, held.Term.Number);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var working = WorkAsync(held.Term, work, ended.Token);
        await RenewAsync(held, working, stop);
        await ended.CancelAsync();
        await working;
        await ReleaseAsync(held.Term.Lease);
    }

    private async Task WorkAsync(LeadershipTerm term, Func<LeadershipTerm, CancellationToken, Task> work, CancellationToken ended)
    {
        try
        {
            await work(term, ended);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // It was asked to end.
        }
        catch (Exception e)
        {
            WorkFailed(log, term.Lease, e);
        }
    }

    /// <summary>Until the work has ended, the lease is lost, or it could not be renewed for so long that another may have it.</summary>
    private async Task RenewAsync((LeadershipTerm Term, long Since) held, Task working, CancellationToken stop)
    {
        while (await EndsAsync(working, Interval, stop) == false)
        {
            if (await AcquireAsync(held.Term.Lease, stop) is { } renewed)
            {
                if (renewed.Term != held.Term)
                    break;
                held = renewed;
            }
            else if (time.GetElapsedTime(held.Since) + Interval >= Duration)
            {
                break;
            }
        }

        if (!working.IsCompleted && !stop.IsCancellationRequested)
            Lost(log, held.Term.Lease, held.Term.Number);
    }

    /// <returns>Whether the work or the hub has ended within the time.</returns>
    private async Task<bool> EndsAsync(Task working, TimeSpan within, CancellationToken stop)
    {
        if (stop.IsCancellationRequested)
            return true;
        var pause = Task.Delay(within, time, stop);
        return await Task.WhenAny(working, pause) == working || stop.IsCancellationRequested;
    }

    /// <returns>The term, and a timestamp from before it was asked for; null when another leads, or the store can't be used.</returns>
    private async Task<(LeadershipTerm Term, long Since)?> AcquireAsync(string lease, CancellationToken stop)
    {
        var since = time.GetTimestamp();
        try
        {
            return await store.AcquireLeaseAsync(lease, replica.Id, Duration, stop) is { } term ? (term, since) : null;
        }
        catch (StoreException e)
        {
            CannotAsk(log, lease, e);
            return null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task ReleaseAsync(string lease)
    {
        try
        {
            await store.ReleaseLeaseAsync(lease, replica.Id, CancellationToken.None);
        }
        catch (StoreException e)
        {
            // It ends by itself.
            CannotAsk(log, lease, e);
        }
    }
}
