using System.Text.Json.Serialization;

namespace EdgeOperator.Core.Kinds.VirtualMachine;

/// <summary>Binds the fields of a VirtualMachine's spec, and gives what they were bound to its canonical form.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(VirtualMachineFields))]
[JsonSerializable(typeof(VirtualMachineSpec))]
[JsonSerializable(typeof(MachineProvisioning))]
internal sealed partial class VirtualMachineJson : JsonSerializerContext;
