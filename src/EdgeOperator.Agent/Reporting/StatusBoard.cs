using EdgeOperator.Agent.Telemetry;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Reporting;

/// <summary>The device's status of the moment: written by the loop, read by everybody.</summary>
public sealed class StatusBoard(string device, DateTimeOffset startedAt)
{
    private DeviceStatus _status = new() { Device = device, AgentVersion = AgentVersion.Number, StartedAt = startedAt };

    public DeviceStatus Status
    {
        get => Volatile.Read(ref _status);
        set => Volatile.Write(ref _status, value);
    }
}
