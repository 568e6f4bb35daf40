using System.CommandLine;
using System.Runtime.InteropServices;
using EdgeOperator.Agent;
using EdgeOperator.Agent.Telemetry;
using EdgeOperator.Cli.Windows;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Platform.Files;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Cli.Verbs;

internal sealed class AgentVerb : Verb
{
    private readonly Option<bool> _selfTest = new("--self-test") { Description = "Only say whether this version could run here: read configuration and state, look for the engine, change nothing" };

    public AgentVerb()
        : base("agent", "Run the control loop, until SIGTERM; SIGHUP reads the configuration again") => Add(_selfTest);

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        // What the agent decrypts is in its memory for a moment.
        if (OperatingSystem.IsLinux())
            Posix.HideMemory();

        // Not for what it starts: a host of functions has much to do.
        Environment.SetEnvironmentVariable(AgentRuntime.Variable, null);

        if (OperatingSystem.IsWindows() && AgentService.IsService)
        {
            // The configuration is read there, for only there is a log.
            await AgentService.RunAsync(call.IsVerbose, (log, stop) => RunAsync(call, call.Configuration(), log, stop));
            return ExitCode.Done;
        }

        var configuration = call.Configuration();
        using var loggers = call.Loggers();
        if (call.Get(_selfTest))
            return await TestAsync(call, configuration, loggers, cancellation);

        await RunAsync(call, configuration, loggers, cancellation);
        return ExitCode.Done;
    }

    private static async Task RunAsync(Call call, AgentConfiguration configuration, ILoggerFactory loggers, CancellationToken cancellation)
    {
        var systemd = new SystemdNotify(call.Terminal.Variable, call.Terminal.Time, loggers);
        var host = new AgentHost(report => ReadAgain(call, report), systemd, loggers, call.Terminal.Time);
        using var hangUp = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            host.Reload();
        });

        await host.RunAsync(configuration, cancellation);
    }

    private static async Task<int> TestAsync(Call call, AgentConfiguration configuration, ILoggerFactory loggers, CancellationToken cancellation)
    {
        foreach (var line in await SelfTest.RunAsync(configuration, loggers, call.Terminal.Time, cancellation))
            call.Printer.Out.WriteLine(line);
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
