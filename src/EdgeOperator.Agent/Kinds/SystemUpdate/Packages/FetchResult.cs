using System.Text.Json.Serialization;
using EdgeOperator.Agent.Kinds.SystemUpdate.Reboots;

namespace EdgeOperator.Agent.Kinds.SystemUpdate.Packages;

/// <summary>How a fetch of lists or packages, or a check, has ended.</summary>
/// <param name="Failure">For people; null when it has succeeded.</param>
internal sealed record FetchResult(PackageTask Task, string? Failure);

/// <summary>What a worker is started for.</summary>
public enum PackageTask
{
    /// <summary>Fetch the lists of what repositories have.</summary>
    Refresh,

    /// <summary>Fetch the packages of the transaction, and those by which to go back.</summary>
    Download,

    /// <summary>Bring the transaction to its end.</summary>
    Apply,

    /// <summary>Check whether the device is well after a reboot.</summary>
    CheckBoot,
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(FetchResult))]
[JsonSerializable(typeof(BootChecks))]
internal sealed partial class FetchJson : JsonSerializerContext;
