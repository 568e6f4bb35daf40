using EdgeOperator.Agent.Drivers;
using EdgeOperator.Agent.Telemetry;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Reporting;

/// <summary>The device and its status as of the last pass: written by the loop, read by everybody.</summary>
public sealed class StatusBoard(string device, DateTimeOffset startedAt)
{
    private DeviceState _device = DeviceState.Empty;
    private KnownState? _known;
    private DeviceFacts _facts = DeviceFacts.Unknown;
    private DeviceStatus _status = new() { Device = device, AgentVersion = AgentVersion.Number, StartedAt = startedAt };

    /// <summary>What the last pass observed, and all that it observed the device for, with what is kept up where two revisions differ; empty before the first pass.</summary>
    public DeviceState Device
    {
        get => Volatile.Read(ref _device);
        set => Volatile.Write(ref _device, value);
    }

    /// <summary>What the next plan depends on, as of the last pass; null before the first.</summary>
    public KnownState? Known
    {
        get => Volatile.Read(ref _known);
        set => Volatile.Write(ref _known, value);
    }

    /// <summary>How full the device is, and its certificates.</summary>
    public DeviceFacts Facts
    {
        get => Volatile.Read(ref _facts);
        set => Volatile.Write(ref _facts, value);
    }

    public DeviceStatus Status
    {
        get => Volatile.Read(ref _status);
        set => Volatile.Write(ref _status, value);
    }
}
