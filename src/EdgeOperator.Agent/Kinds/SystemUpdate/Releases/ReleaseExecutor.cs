using System.Runtime.Versioning;
using EdgeOperator.Agent.Drivers;
using EdgeOperator.Agent.Execution;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Agent.Transfers;
using EdgeOperator.Core.Kinds.SystemUpdate.Releases;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Agent.Kinds.SystemUpdate.Releases;

/// <summary>Changes the version of edgeop that runs here. Every step can be done twice, and cut short anywhere.</summary>
/// <param name="running">The version of this agent.</param>
[SupportedOSPlatform("linux")]
internal sealed class ReleaseExecutor(Installation installation, string running, string stateDirectory, ReleaseSignature signature, ReleaseSelfTest test, BackgroundSteps background) : IDisposable
{
    private static readonly StepOutcome Done = new StepOutcome.Succeeded();

    private readonly FileDownload _download = new();

    /// <summary>The next version is the one to start, so this agent has to end once the pass is reported.</summary>
    public bool IsSwitched { get; private set; }

    public static bool Handles(Step step) => step is StageAgent or BackUpAgent or SwitchAgent or ConfirmAgent or RemoveAgent;

    /// <param name="release">What the step's resource asks for.</param>
    public async Task<StepOutcome> ExecuteAsync(Step step, AgentRelease? release, DeviceState device, CancellationToken cancellation)
    {
        var seesEngine = device.Observed.Engine.Unavailable is null;
        try
        {
            return step switch
            {
                StageAgent stage => await background.AskAsync(step, (report, c) => StageAsync(stage.Release, seesEngine, report, c)),
                BackUpAgent => await Task.Run(() => BackUp(), cancellation),
                SwitchAgent when release is not null => await SwitchAsync(release, seesEngine, device.Desired.Revision, cancellation),
                ConfirmAgent => Confirm(),
                RemoveAgent remove => await Task.Run(() => Remove(remove.Version), cancellation),
                _ => new StepOutcome.Terminal("NotDesired", $"{step.Resource} is not desired, so there is no version to run"),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return IoFailure.Of(e, e.Message, "DiskError");
        }
    }

    public void Dispose()
    {
        _download.Dispose();
        signature.Dispose();
    }

    private async Task<StepOutcome> StageAsync(AgentRelease release, bool seesEngine, ReportProgress report, CancellationToken cancellation)
    {
        Directory.CreateDirectory(installation.Versions);
        var (archive, unpacked) = (Path.Combine(installation.Versions, $".{release.Sha256}.part"), Path.Combine(installation.Versions, ".unpacked"));
        foreach (var old in Directory.EnumerateFiles(installation.Versions, ".*.part").Where(file => file != archive))
            File.Delete(old);
        try
        {
            report($"fetching {release.Location}");
            await _download.FetchAsync(new(release.Location, release.Sha256, "archive"), archive, p => report($"fetching {release.Location}", p), cancellation);
            report($"verifying {release.Location}");
            await signature.VerifyAsync(release, cancellation);
            Installation.Clear(unpacked);
            await ReleaseArchive.UnpackAsync(archive, unpacked, release.Version, cancellation);
            report($"{release.Version} tests itself");
            if (await test.RunAsync(unpacked, release.Version, seesEngine, cancellation) is { } problem)
                return SelfTestFailed(release, problem);
            installation.Add(unpacked, release.Version, release.Sha256);
            File.Delete(archive);
            return new StepOutcome.Succeeded($"{release.Version} is verified and ready to be started");
        }
        catch (TransferException e)
        {
            return new StepOutcome.Retry(e.Reason, e.Message);
        }
        catch (ReleaseException e)
        {
            File.Delete(archive);
            return new StepOutcome.Terminal("ReleaseRefused", $"{release.Location} is refused: {e.Message}");
        }
        finally
        {
            Installation.Clear(unpacked);
        }
    }

    private StepOutcome BackUp()
    {
        StateStore.BackUp(stateDirectory);
        return Done;
    }

    private async Task<StepOutcome> SwitchAsync(AgentRelease release, bool seesEngine, string revision, CancellationToken cancellation)
    {
        if (installation.ReadFailed() is { } failed && failed.Version == release.Version && failed.Revision == revision)
            return new StepOutcome.Terminal("AgentTakenBack", $"{release.Version} was taken back: {failed.Reason}; put it right, and commit a change");

        // What was well when it was staged may have changed since.
        if (await test.RunAsync(installation.PathOf(release.Version), release.Version, seesEngine, cancellation) is { } problem)
            return SelfTestFailed(release, problem);
        installation.Begin(new(running, release.Version, seesEngine), release.Deadline, revision);
        IsSwitched = true;
        return new StepOutcome.Succeeded($"{release.Version} is started in the place of {running}, which is started again should {release.Version} not complete a pass within {release.Deadline.TotalSeconds:0} s");
    }

    /// <summary>Ends the trial of the running version, for good.</summary>
    public StepOutcome.Succeeded Confirm()
    {
        installation.Confirm();
        StateStore.ForgetBackup(stateDirectory);
        return new StepOutcome.Succeeded($"{running} stays");
    }

    private StepOutcome Remove(string version)
    {
        installation.Remove(version);
        return Done;
    }

    private static StepOutcome.Retry SelfTestFailed(AgentRelease release, string problem) =>
        new("SelfTestFailed", $"{release.Version} can't run here: {problem}") { IsStalled = true };
}
