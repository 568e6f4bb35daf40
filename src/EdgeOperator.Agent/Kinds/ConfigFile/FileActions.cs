using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Kinds.ConfigFile;

/// <summary>Runs the actions that a manifest has for a file's change.</summary>
/// <param name="restartModule">Restarts a module, as <see cref="Drivers.IRestartable.RestartAsync"/>; comes from the driver that has the engine.</param>
internal sealed class FileActions(Func<ResourceId, DesiredState, CancellationToken, Task<StepOutcome>> restartModule, TimeProvider time)
{
    /// <summary>Limit on one action.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    public Task<StepOutcome> RunAsync(FileAction action, DesiredState desired, CancellationToken cancellation) => action switch
    {
        // A unit that can't reload, or does not run, is (re)started: afterwards it runs with the new file.
        FileAction.ReloadUnit a => RunAsync(action, "systemctl", ["reload-or-restart", "--", a.Unit], cancellation),
        FileAction.RestartUnit a => RunAsync(action, "systemctl", ["restart", "--", a.Unit], cancellation),
        FileAction.RestartModule a => restartModule(new(KindNames.EdgeModule, a.Module), desired, cancellation),
        FileAction.Run { Command: [var program, .. var arguments] } => RunAsync(action, program, arguments, cancellation),
        _ => Task.FromResult<StepOutcome>(new StepOutcome.Terminal("ActionFailed", $"'{action}' names nothing to run")),
    };

    private async Task<StepOutcome> RunAsync(
        FileAction action, string program, IReadOnlyList<string> arguments, CancellationToken cancellation) =>
        await ActionProcess.RunAsync(program, arguments, Timeout, time, cancellation) is { } failure
            ? new StepOutcome.Retry("ActionFailed", $"{action}: {failure}")
            : new StepOutcome.Succeeded();
}
