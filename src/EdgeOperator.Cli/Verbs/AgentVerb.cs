using System.Runtime.InteropServices;
using EdgeOperator.Agent;
using EdgeOperator.Agent.Telemetry;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Cli.Verbs;

internal sealed class AgentVerb() : Verb("agent", "Run the control loop, until SIGTERM; SIGHUP reads the configuration again")
{
    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var configuration = call.Configuration();
        using var loggers = call.Loggers();
        var systemd = new SystemdNotify(call.Terminal.Variable, call.Terminal.Time, loggers);
        var host = new AgentHost(report => ReadAgain(call, report), systemd, loggers, call.Terminal.Time);
        using var hangUp = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            host.Reload();
        });

        await host.RunAsync(configuration, cancellation);
        return ExitCode.Done;
    }

    private static AgentConfiguration? ReadAgain(Call call, Action<string> report)
    {
        try
        {
            return call.Configuration();
        }
        catch (UserError error)
        {
            call.Errors.Report(error.Lines);
            report(string.Join("; ", error.Lines));
            return null;
        }
    }
}
