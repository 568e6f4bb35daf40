using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Twins.Configurations;

/// <summary>A twin as it is, and as queries see it.</summary>
public sealed record TwinView(Twin Twin, JsonObject Row);

/// <summary>A device with its modules, as configurations look at it.</summary>
/// <param name="IsEdge">Deployments are for IoT Edge devices alone.</param>
/// <param name="Modules">By name.</param>
public sealed record ConfiguredDevice(TwinView Device, bool IsEdge, ImmutableSortedDictionary<string, TwinView> Modules);

/// <summary>A twin that is to be written.</summary>
/// <param name="ModuleId">Empty for the device's own.</param>
/// <param name="IsNew">The module is to be created first.</param>
/// <param name="ExpectedVersion">Of the twin that this was decided on.</param>
/// <param name="Notification">What the device is sent; null for nothing.</param>
public sealed record ConfiguredTwin(string ModuleId, bool IsNew, long ExpectedVersion, Twin Twin, JsonObject? Notification);
