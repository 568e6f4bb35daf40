using System.Diagnostics;
using EdgeOperator.Core.State;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.Soak;

/// <summary>Rounds of a commit, disturbances, and the question whether the device has become what the last good commit desires.</summary>
internal sealed class Soak(Lab lab, SoakOptions options, Figures figures, TextWriter output)
{
    private const int LongestSeriesOfDisturbances = 4;

    // Back-offs reach a minute, and the machine may be busy.
    private static readonly TimeSpan LongestConvergence = TimeSpan.FromMinutes(4);

    private readonly Random _random = new(options.Seed);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Verdict _verdict = new(lab.Engine, lab.Device, lab.Registry.Address, lab.Volume, lab.Outside);
    private Generation _good = Generation.Next(1, new Random(options.Seed));
    private string _goodCommit = "";

    private Disturbances Disturbances { get; } = new(lab, figures, text => output.WriteLine($"           {text}"));

    /// <exception cref="TimeoutException">The device did not become what it should be; the message has the differences.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await FirstAsync();
        while (_clock.Elapsed < options.Duration && !cancellation.IsCancellationRequested)
        {
            figures.Count("rounds");
            await (_random.Next(100) switch
            {
                < 55 => GoodAsync(cancellation),
                < 70 => BadAsync(cancellation),
                _ => HostileAsync(cancellation),
            });
        }

        await LastAsync();
    }

    private async Task FirstAsync()
    {
        _goodCommit = await lab.Fleet.CommitAsync(_good.Manifests(lab.Registry.Address, lab.Volume));
        await Disturbances.StartAgentAsync();
        await IsGoodAsync("first start");
        await _verdict.MarkVolumeAsync();
    }

    private async Task GoodAsync(CancellationToken cancellation)
    {
        _good = Generation.Next(_good.Number + 1, _random);
        _goodCommit = await lab.Fleet.CommitAsync(_good.Manifests(lab.Registry.Address, lab.Volume));
        Report($"good commit {_good.Number} ({_goodCommit[..7]})");
        figures.Count("commits, good");
        await DisturbAsync(cancellation);
        await IsGoodAsync("good commit → converged");
    }

    private async Task BadAsync(CancellationToken cancellation)
    {
        var bad = _good with { Number = -_good.Number };
        var commit = await lab.Fleet.CommitAsync(bad.Manifests(lab.Registry.Address, lab.Volume, $"{lab.Registry.Address}/unhealthy:1"));
        Report($"commit that never becomes healthy ({commit[..7]})");
        figures.Count("commits, never healthy");
        await DisturbAsync(cancellation);
        await ConvergesAsync("bad commit → rolled back", async () =>
        {
            var status = await lab.Device.StatusAsync();
            return status.Desired?.Id == commit && status.Applied?.Id == _goodCommit && Device.Is(status, Condition.Stalled)
                ? await _verdict.DifferencesAsync(_good)
                : [$"desired {status.Desired?.Display}, applied {status.Applied?.Display}, not rolled back to {_goodCommit[..7]}"];
        });
        figures.Count("roll-backs");
    }

    private async Task HostileAsync(CancellationToken cancellation)
    {
        var (what, undo) = await new HostileCommits(lab.Fleet, lab.Registry.Address, lab.Volume, lab.Outside).CommitAsync(_good, _random);
        Report($"hostile commit: {what}");
        figures.Count("commits, hostile");
        await DisturbAsync(cancellation);
        await Eventually.SucceedsAsync(lab.Device.ReconcileAsync, LongestConvergence);
        await ConvergesAsync("hostile commit → as it was", () => _verdict.DifferencesAsync(_good));
        await undo();
        // Whoever mends the repository does it by a commit.
        await GoodAsync(cancellation);
    }

    // No disturbance any more: what is wrong now stays wrong.
    private async Task LastAsync()
    {
        _good = Generation.Next(_good.Number + 1, _random) with { HasExtra = false };
        _goodCommit = await lab.Fleet.CommitAsync(_good.Manifests(lab.Registry.Address, lab.Volume));
        Report($"last commit ({_goodCommit[..7]})");
        await IsGoodAsync("last commit → converged");
        await lab.Device.TerminateAsync();
        var left = await LeftProcessesAsync();
        if (left.Count > 0)
            throw new TimeoutException($"processes outlive the agent: {string.Join("; ", left)}");
        var differences = await _verdict.DifferencesAsync(_good);
        if (differences.Count > 0)
            throw new TimeoutException($"after the agent has stopped: {string.Join("; ", differences)}");
        if (figures["agent ended by itself"] > 0)
            throw new TimeoutException($"the agent ended by itself {figures["agent ended by itself"]} times");
    }

    private async Task DisturbAsync(CancellationToken cancellation)
    {
        for (var i = _random.Next(LongestSeriesOfDisturbances + 1); i > 0; i--)
            await Disturbances.NextAsync(_random, cancellation);
        await Disturbances.EndAsync();
    }

    private Task IsGoodAsync(string measure) => ConvergesAsync(measure, async () =>
    {
        var status = await lab.Device.StatusAsync();
        return status.LastGood?.Id == _goodCommit && status.Applied?.Id == _goodCommit && Device.Is(status, Condition.Ready)
            ? figures["rounds"] > 0 ? await _verdict.DifferencesAsync(_good) : []
            : [$"last good {status.LastGood?.Display}, applied {status.Applied?.Display}, desired {status.Desired?.Display}, not {_goodCommit[..7]}: {string.Join("; ", status.Conditions.Select(c => $"{c.Type}={c.Status} {c.Reason} {c.Message}"))}; {status.Sources[0].Ready}"];
    });

    private async Task ConvergesAsync(string measure, Func<Task<IReadOnlyList<string>>> differences)
    {
        var began = _clock.Elapsed;
        await Eventually.SucceedsAsync(
            async () =>
            {
                if (!lab.Device.IsRunning)
                    await Disturbances.EndAsync();
                if (await differences() is { Count: > 0 } all)
                    throw new InvalidOperationException(string.Join("\n", all));
            },
            LongestConvergence);
        figures.Measure(measure, _clock.Elapsed - began);
        output.WriteLine($"           as desired after {(_clock.Elapsed - began).TotalSeconds:0.0} s");
    }

    private async Task<IReadOnlyList<string>> LeftProcessesAsync()
    {
        var processes = await Shell.RunAsync("ps", "-eo", "pid,args");
        return [.. processes.Split('\n').Where(line =>
            (line.Contains(lab.Device.Root, StringComparison.Ordinal) || line.Contains(lab.Disk.Path, StringComparison.Ordinal)) && !line.Contains("guard", StringComparison.Ordinal))];
    }

    private void Report(string text) => output.WriteLine($"{_clock.Elapsed:hh\\:mm\\:ss}   {text}");
}
