using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Matrix;

/// <summary>One thing that happens to a call of each function of a host, all at once: so many deaths and deployments are few.</summary>
internal sealed class MatrixRun
{
    private readonly MatrixHost _host;
    private readonly string _happening;
    private readonly string _batch = Guid.NewGuid().ToString("N")[..8];
    private readonly MatrixCall[] _calls;
    private readonly Dictionary<MatrixCall, long> _poison = [];
    private readonly Dictionary<MatrixCall, Task<(int? Status, string Body)>> _requests = [];

    private MatrixRun(MatrixHost host, string happening)
    {
        (_host, _happening) = (host, happening);
        _calls =
        [
            .. from trigger in MatrixTable.Triggers
               from further in MatrixTable.Further
               let expected = MatrixTable.Expected(host.Kind, trigger, further, happening)
               where expected is not null
               select new MatrixCall(trigger, further, trigger == "timer" ? _batch : $"{_batch}{trigger}{further}", expected),
        ];
    }

    private string What => _happening switch { "nothing" or "missing input" => "nothing", "throws" => "throw", "times out" => "hang", _ => "wait" };

    /// <returns>What came of each call, by trigger and further binding; as expected, or as it was after a long time.</returns>
    public static async Task<Dictionary<(string Trigger, string Further), string>> RunAsync(MatrixHost host, string happening)
    {
        var run = new MatrixRun(host, happening);
        using var client = new CancellationTokenSource();
        await run.BeginAsync(client.Token);
        if (run.What == "wait")
        {
            await Eventually.SucceedsAsync(() => run._calls.Where(c => host.Runs(c.Note).Length != 1).Select(c => c.Note).Should().BeEmpty());
            await (happening switch
            {
                "client leaves" => client.CancelAsync(),
                "worker killed" => host.KillWorkerAsync(),
                _ => host.DeployAsync($"{run._batch[..7]}z", "nothing"),
            });
            host.Release(run._batch);
        }

        return await run.EndAsync();
    }

    private async Task BeginAsync(CancellationToken client)
    {
        // Of what does not know of timers, none runs meanwhile.
        await _host.DeployAsync($"{_batch[..7]}y", "nothing");
        if (_happening != "missing input")
        {
            foreach (var call in _calls)
                await _host.SeedAsync(call.Further, call.Trigger == "timer" ? $"{call.Id}in" : call.Id);
        }

        foreach (var call in _calls)
            _poison[call] = await _host.PoisonAsync(call.Trigger, call.Further);
        await _host.DeployAsync(_batch, _calls.Any(c => c.Trigger == "timer") ? What : "nothing", _happening == "times out" ? "00:00:02" : "00:10:00");
        foreach (var call in _calls)
        {
            if (call.Trigger == "http")
                _requests[call] = _host.RequestAsync(call.Further, What, call.Id, client);
            else if (call.Trigger == "queue")
                await _host.SendAsync(call.Further, What, call.Id);
            else if (call.Trigger == "blob")
                await _host.ArriveAsync(call.Further, What, call.Id);
        }
    }

    private async Task<Dictionary<(string, string), string>> EndAsync()
    {
        await Task.WhenAll(_requests.Values);
        try
        {
            await Eventually.SucceedsAsync(async () =>
            {
                (await _host.IsIdleAsync()).Should().BeTrue();
                foreach (var call in _calls)
                    (await ObservedAsync(call)).Should().Be(call.Expected.ToString());
            });
        }
        catch (TimeoutException)
        {
            // Each call has its own test to say so.
        }

        var observed = new Dictionary<(string, string), string>();
        foreach (var call in _calls)
            observed[(call.Trigger, call.Further)] = await ObservedAsync(call);
        return observed;
    }

    private async Task<string> ObservedAsync(MatrixCall call)
    {
        var runs = _host.Runs(call.Note);
        // Blobs of all functions share a poison queue.
        var poison = await _host.PoisonAsync(call.Trigger, call.Further) - _poison[call];
        var wanted = call.Trigger == "blob" ? _calls.Count(c => c.Trigger == "blob") : 1;
        var answer = _requests.TryGetValue(call, out var request) ? await request : default;
        var expected = call.Expected;
        return (expected with
        {
            Status = answer.Status,
            Runs = expected.MayRunLess && runs.Length <= expected.Runs ? expected.Runs : runs.Length,
            Value = answer.Status == 200 && answer.Body != expected.Value ? $"answer {answer.Body}" : runs.FirstOrDefault(v => v != expected.Value, expected.Value),
            HasOutput = await _host.HasOutputAsync(call.Further, call.Id),
            IsPoison = call.Trigger is "queue" or "blob" && poison == wanted,
        }).ToString();
    }

    /// <param name="Id">Names its inputs and outputs; those of all timers are the same.</param>
    private sealed record MatrixCall(string Trigger, string Further, string Id, Outcome Expected)
    {
        public string Note => Trigger == "timer" ? $"{Id}-{Further}" : Id;
    }
}
