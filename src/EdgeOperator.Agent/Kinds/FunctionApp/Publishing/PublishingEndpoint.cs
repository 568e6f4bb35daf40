using System.Collections.Immutable;
using System.Runtime.Versioning;
using EdgeOperator.Agent.Telemetry;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Platform.Files;
using EdgeOperator.Platform.Processes;
using EdgeOperator.Platform.Timing;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Kinds.FunctionApp.Publishing;

/// <summary>
/// Keeps the publishing endpoint running: a process of its own (<c>edgeop-functions publishing</c>), as the agent itself
/// never listens on a network. It outlives the agent, as hosts do.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed partial class PublishingEndpoint(
    PublishingConfiguration? configuration, string folder, string store, HostProgram program, ProcessSupervisor supervisor, TimeProvider time, ILogger<PublishingEndpoint> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(10);

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        for (var failures = 0; ;)
        {
            try
            {
                failures = await EnsureAsync(cancellation) ? failures + 1 : Math.Max(0, failures - 1);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                failures++;
                LogFailed(e.Message);
            }

            await Task.Delay(new ExponentialDelay(Interval, LongestDelay).After(failures + 1), time, cancellation);
        }
    }

    /// <returns>Whether it had to be started.</returns>
    private async Task<bool> EnsureAsync(CancellationToken cancellation)
    {
        if (configuration is null)
        {
            if (Directory.Exists(folder) && supervisor.Adopt(folder) is not null)
                await supervisor.StopAsync(folder, StopGrace, cancellation);
            return false;
        }

        PrivateFolder.Create(folder);
        if (supervisor.Adopt(folder) is { } running)
        {
            if (running.Label == Label(configuration))
                return false;
            await supervisor.StopAsync(folder, StopGrace, cancellation);
        }
        else if (supervisor.ExitReasonOf(folder) is { } reason)
        {
            LogEnded(reason);
        }

        if (program.Find() is not { } command)
            throw new IOException(program.NotFound);
        await supervisor.StartAsync(Launch(configuration, command), cancellation);
        LogStarted(configuration.Address, configuration.Port);
        return true;
    }

    private Launch Launch(PublishingConfiguration publishing, ImmutableArray<string> command)
    {
        ImmutableArray<string> arguments =
        [
            .. command[1..], "publishing", "--store", store, "--address", publishing.Address, "--port", $"{publishing.Port}",
            .. publishing.CertificateFile is { } certificate ? ["--certificate", certificate] : ImmutableArray<string>.Empty,
            .. publishing.KeyFile is { } key ? ["--key", key] : ImmutableArray<string>.Empty,
        ];
        var environment = ImmutableSortedDictionary<string, string>.Empty
            .Add("PATH", Environment.GetEnvironmentVariable("PATH") ?? "").Add("HOME", folder).Add("LANG", "C.UTF-8").Add("DOTNET_EnableDiagnostics", "0");
        return new(folder, command[0], arguments, environment) { WorkingDirectory = folder, Label = Label(publishing) };
    }

    /// <summary>Other when it has to be started anew: other settings, a renewed certificate, another version of the program.</summary>
    private static string Label(PublishingConfiguration publishing) => string.Join(
        ' ',
        AgentVersion.Number,
        AgentVersion.Commit,
        publishing.Address,
        $"{publishing.Port}",
        publishing.CertificateFile is { } certificate ? $"{certificate}@{File.GetLastWriteTimeUtc(certificate):O}" : "-",
        publishing.KeyFile is { } key ? $"{key}@{File.GetLastWriteTimeUtc(key):O}" : "-");

    [LoggerMessage(6111, LogLevel.Information, "Packages can be published to {Address}:{Port}")]
    private partial void LogStarted(string address, int port);

    [LoggerMessage(6112, LogLevel.Warning, "The publishing endpoint can't be started: {Error}")]
    private partial void LogFailed(string error);

    [LoggerMessage(6113, LogLevel.Warning, "The publishing endpoint has ended: {Reason}")]
    private partial void LogEnded(string reason);
}
