using EdgeOperator.Agent.Telemetry;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Reporting;

/// <summary>The device's status and desired state as of the last pass: written by the loop, read by everybody.</summary>
public sealed class StatusBoard(string device, DateTimeOffset startedAt)
{
    private DesiredState _desired = DesiredState.Empty;
    private DeviceStatus _status = new() { Device = device, AgentVersion = AgentVersion.Number, StartedAt = startedAt };

    /// <summary>All that the last pass observed the device for, with what is kept up where two revisions differ; empty before the first pass.</summary>
    public DesiredState Desired
    {
        get => Volatile.Read(ref _desired);
        set => Volatile.Write(ref _desired, value);
    }

    public DeviceStatus Status
    {
        get => Volatile.Read(ref _status);
        set => Volatile.Write(ref _status, value);
    }
}
