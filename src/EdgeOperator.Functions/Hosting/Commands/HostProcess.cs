using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Hosting.Endpoints;
using EdgeOperator.Functions.Http.Keys;
using EdgeOperator.Functions.Logs;
using EdgeOperator.Functions.Metrics;
using EdgeOperator.Platform.Metrics;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Functions.Hosting.Commands;

/// <summary>A host as a process: everything in its folder, from the first file to the last log line.</summary>
public static class HostProcess
{
    /// <summary>Runs until <paramref name="stop"/>, SIGTERM, SIGINT or a stop over the control API; then drains.</summary>
    /// <param name="request">What to run; null for what app.json says, and waits if there is none.</param>
    /// <param name="terminal">Gets the log lines too; null for none.</param>
    /// <exception cref="AppException">The folder or its app.json can't be used.</exception>
    /// <exception cref="IOException">A file can't be used.</exception>
    public static async Task RunAsync(
        HomeFolder home, AppRequest? request, HostOptions options, Composition composition, TextWriter? terminal, TimeProvider time, CancellationToken stop)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var signals = new ShutdownSignals(stopping);

        using var mine = home.Take();
        var file = new RequestFile(home.AppFile);
        var wanted = request ?? file.Read();
        await using var log = new AppLog(home.Logs, terminal, time);
        using var loggers = AppLoggerProvider.Factory(log, time);
        using var metrics = new FunctionMetrics(time);
        using var text = new PrometheusText(metrics.Meter);
        var context = new HostContext(home, options, log, metrics, time, loggers);
        await using var parts = await composition(context, stopping.Token);

        using var host = new AppHost(context, parts.StartAsync, new KeyStore(home.Keys));
        var control = new ControlApi(host, file, text, parts, stopping.Cancel);
        await using var socket = await ControlSocket.StartAsync(home.Socket, control.AnswerAsync, loggers, stopping.Token);
        if (wanted is not null)
            host.Set(wanted);

        var trimming = new IdleTrim(metrics, time).RunAsync(stopping.Token);
        await host.RunAsync(RequestHandler.For(host).AnswerAsync, stopping.Token);
        await trimming;
    }
}
