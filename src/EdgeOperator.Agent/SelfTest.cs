using System.Collections.Immutable;
using EdgeOperator.Agent.Kinds;
using EdgeOperator.Agent.Loop;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Agent.Telemetry;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.State;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent;

/// <summary>
/// Whether this version of the agent could take over here, also beside a running agent: it reads the state that is kept, makes every
/// driver and observes the device, and changes nothing.
/// </summary>
public static class SelfTest
{
    /// <summary>
    /// Lines <c>SUBJECT VERDICT</c>, which agents of other versions read: <c>version NUMBER</c>, <c>configuration ok</c>, <c>state ok</c>,
    /// and <c>engine ok</c> or <c>engine unavailable: WHY</c>.
    /// </summary>
    /// <exception cref="IOException">The state can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The state may not be read.</exception>
    public static async Task<ImmutableArray<string>> RunAsync(AgentConfiguration configuration, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellation)
    {
        CheckState(configuration.StateDirectory, loggers);
        await using var device = Device.Create(DeviceKinds.Registered, configuration, time, loggers, new(configuration.StateDirectory, time, isReadOnly: true), isReadOnly: true);
        var observed = await device.ObserveAsync(DesiredState.Empty, cancellation);
        return
        [
            $"version {AgentVersion.Number}",
            "configuration ok",
            "state ok",
            observed.Engine.Unavailable is { } why ? $"engine unavailable: {why.ReplaceLineEndings(" ")}" : "engine ok",
        ];
    }

    private static void CheckState(string directory, ILoggerFactory loggers)
    {
        if (!Directory.Exists(directory))
            return;
        try
        {
            StateStore.ReadHistory(directory, limit: 1);
        }
        catch (FileNotFoundException)
        {
            // Nothing has happened yet.
        }

        if (new LedgerFile(directory, loggers.CreateLogger<LedgerFile>()).Load() is { Current: null, Previous: null, Problem: { } problem })
            throw new IOException($"the ledger in {directory} can't be read: {problem}");
    }
}
