using System.Text.Json.Serialization;
using EdgeOperator.Core.Kinds.SystemUpdate.Reboots;

namespace EdgeOperator.Core.Kinds.SystemUpdate;

/// <summary>Binds the fields of a SystemUpdate's spec, gives what they were bound to its canonical form, and writes what was observed.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(SystemUpdateFields))]
[JsonSerializable(typeof(SystemUpdateSpec))]
[JsonSerializable(typeof(ObservedUpdates))]
internal sealed partial class SystemUpdateJson : JsonSerializerContext;

/// <summary>Writes what is under way.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(PackageTransaction))]
[JsonSerializable(typeof(WindowOverride))]
[JsonSerializable(typeof(DeviceReboot))]
public sealed partial class TransactionJson : JsonSerializerContext;
