using System.Collections.Immutable;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Reporting;

/// <summary>What is known of the device besides its resources. The same object as long as nothing has changed.</summary>
public sealed record DeviceFacts(HostSummary? Host, ImmutableArray<CertificateStatus>? Certificates)
{
    public static DeviceFacts Unknown { get; } = new(null, null);

    public DeviceStatus In(DeviceStatus status) => this == Unknown ? status : status with { Host = Host, Certificates = Certificates };
}
