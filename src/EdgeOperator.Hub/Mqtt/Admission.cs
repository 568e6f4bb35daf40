namespace EdgeOperator.Hub.Mqtt;

/// <summary>
/// Lets so many do something at once. The others wait, each source in the order in which its own have come, and the sources take turns:
/// who comes with thousands waits for itself, and keeps nobody else waiting.
/// </summary>
/// <param name="longestWait">Who has got no place by then gets none.</param>
internal abstract class Admission(int mostAtOnce, TimeSpan longestWait, HubMetrics metrics, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Queue<TaskCompletionSource>> _waiting = [];

    /// <summary>The sources of <see cref="_waiting"/>, the next one first.</summary>
    private readonly Queue<string> _turns = new();

    private int _free = mostAtOnce;

    protected TimeProvider Time => time;

    /// <param name="source">Whose it is.</param>
    /// <returns>To be disposed when it is done; null when there is no place in time.</returns>
    /// <exception cref="OperationCanceledException">Whoever waits has gone.</exception>
    public async Task<IDisposable?> EnterAsync(string source, CancellationToken gone)
    {
        TaskCompletionSource turn;
        lock (_gate)
        {
            // Without a timer where there is nothing to wait for.
            if (_free > 0)
            {
                _free--;
                return new Place(this);
            }

            turn = Enqueue(source);
        }

        return await WaitAsync(turn, gone) ? new Place(this) : null;
    }

    private async Task<bool> WaitAsync(TaskCompletionSource turn, CancellationToken gone)
    {
        using var timeout = new CancellationTokenSource(longestWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, gone);
        metrics.Waiting(1);
        try
        {
            await turn.Task.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            // Its turn may come at this very moment; then it is the next one's.
            if (!turn.TrySetCanceled(CancellationToken.None))
                Leave();
            gone.ThrowIfCancellationRequested();
            return false;
        }
        finally
        {
            metrics.Waiting(-1);
        }
    }

    private TaskCompletionSource Enqueue(string source)
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_waiting.TryGetValue(source, out var queue))
        {
            _waiting[source] = queue = new();
            _turns.Enqueue(source);
        }

        queue.Enqueue(turn);
        return turn;
    }

    private void Leave()
    {
        lock (_gate)
        {
            while (_turns.TryDequeue(out var source))
            {
                // Who has gone meanwhile takes no turn from its source.
                var queue = _waiting[source];
                var isTaken = false;
                while (!isTaken && queue.TryDequeue(out var turn))
                    isTaken = turn.TrySetResult();
                if (queue.Count > 0)
                    _turns.Enqueue(source);
                else
                    _waiting.Remove(source);
                if (isTaken)
                    return;
            }

            _free++;
        }
    }

    private sealed class Place(Admission admission) : IDisposable
    {
        private int _isLeft;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isLeft, 1) == 0)
                admission.Leave();
        }
    }
}
