using System.Text.Json.Serialization;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Core.Manifests.Definitions;

/// <summary>Binds specs in canonical form, in which every field that has a default is present.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(Metadata))]
[JsonSerializable(typeof(CommonSpec))]
[JsonSerializable(typeof(DeviceSelector))]
[JsonSerializable(typeof(EdgeModuleFields))]
[JsonSerializable(typeof(ConfigFileFields))]
[JsonSerializable(typeof(FunctionAppFields))]
[JsonSerializable(typeof(VirtualMachineFields))]
[JsonSerializable(typeof(AgentFields))]
internal sealed partial class ManifestJson : JsonSerializerContext;
