using EdgeOperator.Testing;

namespace EdgeOperator.Soak;

/// <summary>What happens to a device besides commits. Each is over at once, but for a full disk, which stays until <see cref="EndAsync"/>.</summary>
internal sealed class Disturbances(Lab lab, Figures figures, Action<string> report)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(3);

    private bool _diskFull;

    /// <summary>Waits for a moment, then disturbs.</summary>
    public async Task NextAsync(Random random, CancellationToken cancellation)
    {
        await Task.Delay(LongestPause * random.NextDouble(), TimeProvider.System, cancellation);
        var what = random.Next(100) switch
        {
            < 30 => await KillAgentAsync(random),
            < 40 => await KillEngineAsync(random, cancellation),
            < 50 => KillContainerd(),
            < 62 => FillDisk(),
            < 74 => StepClock(random),
            < 90 => await CorruptAsync(random),
            _ => await DriftAsync(random),
        };
        report(what);
    }

    /// <summary>Gives the disk back, and starts what does not run, as a service manager does.</summary>
    public async Task EndAsync()
    {
        var wasFull = _diskFull;
        if (_diskFull)
            lab.Disk.Free();
        _diskFull = false;
        if (!lab.Engine.IsRunning)
            await lab.Engine.StartAgainAsync();
        if (!lab.Device.IsRunning)
        {
            // Whatever happens, the agent is to stay; only on a full disk it may give up.
            if (!wasFull)
                figures.Count("agent ended by itself");
            report($"the agent had ended{(wasFull ? " on a full disk" : "")}");
            await StartAgentAsync();
        }
    }

    public Task StartAgentAsync() => lab.Device.StartAsync(lab.Clock.Environment);

    private async Task<string> KillAgentAsync(Random random)
    {
        if (!lab.Device.IsRunning)
            return "the agent had ended already";
        var gently = random.Next(4) == 0;
        await (gently ? lab.Device.TerminateAsync() : lab.Device.KillAsync());
        lab.Clock.RemoveSharedMemory();
        figures.Count(gently ? "agent stopped (SIGTERM)" : "agent killed (SIGKILL)");
        lab.Device.Launch(lab.Clock.Environment);
        return gently ? "agent stopped" : "agent killed";
    }

    private async Task<string> KillEngineAsync(Random random, CancellationToken cancellation)
    {
        figures.Count("engine killed");
        lab.Engine.Kill();
        await Eventually.TrueAsync("the engine has ended", () => !lab.Engine.IsRunning);
        await Task.Delay(LongestPause * random.NextDouble(), TimeProvider.System, cancellation);
        await lab.Engine.StartAgainAsync();
        return "engine killed";
    }

    private string KillContainerd()
    {
        if (!lab.Engine.KillContainerd())
            return "no containerd to kill";
        figures.Count("containerd killed");
        return "containerd killed";
    }

    private string FillDisk()
    {
        lab.Disk.Fill();
        _diskFull = true;
        figures.Count("disk filled");
        return "disk full";
    }

    private string StepClock(Random random)
    {
        figures.Count("clock stepped");
        return $"clock at {lab.Clock.Step(random):g}";
    }

    private async Task<string> CorruptAsync(Random random)
    {
        // Half of them while nobody looks, as after a power cut.
        var stopped = random.Next(2) == 0 && lab.Device.IsRunning;
        if (stopped)
        {
            await lab.Device.KillAsync();
            figures.Count("agent killed (SIGKILL)");
        }

        var what = Corruption.Apply(lab.Device.StateFolder, random);
        if (what is not null)
            figures.Count("state files corrupted");
        if (stopped)
            lab.Device.Launch(lab.Clock.Environment);
        return $"{what ?? "nothing to corrupt"} ({(stopped ? "agent killed" : "agent running")})";
    }

    private async Task<string> DriftAsync(Random random)
    {
        figures.Count("drift by hand");
        if (random.Next(2) == 0)
        {
            await File.WriteAllTextAsync(Path.Combine(lab.Device.FilesRoot, "generation"), "edited by hand");
            return "a file edited";
        }

        (await lab.Engine.Http.DeleteAsync(new Uri("containers/web?force=1", UriKind.Relative))).Dispose();
        return "container web removed";
    }
}
