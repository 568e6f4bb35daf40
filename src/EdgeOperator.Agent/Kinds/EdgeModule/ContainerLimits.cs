using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Agent.Engine;
using EdgeOperator.Core.Kinds.EdgeModule;

namespace EdgeOperator.Agent.Kinds.EdgeModule;

/// <summary>What <c>docker update</c> can change of a container, as the engine has it; what is not limited is left out.</summary>
internal static class ContainerLimits
{
    // Engines set these by themselves, or by others of them.
    private static readonly string[] OfEngine = ["MemorySwap", "PidsLimit"];

    /// <summary>What a create request asks for.</summary>
    public static ImmutableSortedDictionary<string, string> Requested(EdgeModuleSpec spec)
    {
        try
        {
            return Of(JsonNode.Parse(spec.CreateBody)?["HostConfig"]?.Deserialize(EngineJson.Default.ContainerHostConfig));
        }
        catch (JsonException)
        {
            return Of(null);
        }
    }

    /// <summary>What a container was created with that has other settings by now: those asked for, unless the engine does not honour them.</summary>
    public static ImmutableSortedDictionary<string, string> Created(
        ImmutableSortedDictionary<string, string> requested, ImmutableSortedDictionary<string, string> actual) =>
        actual.Where(setting => requested.ContainsKey(setting.Key) || IsOfEngine(setting.Key, requested))
            .ToImmutableSortedDictionary(setting => setting.Key, setting => requested.GetValueOrDefault(setting.Key, setting.Value), StringComparer.Ordinal);

    /// <summary>The request that gives a container its settings back.</summary>
    public static JsonObject Update(IEnumerable<ChangedSetting> changes) =>
        new(changes.Select(change => KeyValuePair.Create(change.Name, change.Name switch
        {
            "RestartPolicy" => Policy(change.Created ?? "no"),
            "CpusetCpus" or "CpusetMems" => (JsonNode?)change.Created,
            _ => change.Created is { } value ? long.Parse(value, CultureInfo.InvariantCulture) : -1,
        })));

    public static ImmutableSortedDictionary<string, string> Of(ContainerHostConfig? config)
    {
        var limits = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (config is null)
            return limits.ToImmutable();
        AddNumber("Memory", config.Memory);
        AddNumber("MemoryReservation", config.MemoryReservation);
        AddNumber("MemorySwap", config.MemorySwap);
        AddNumber("KernelMemory", config.KernelMemory);
        AddNumber("NanoCpus", config.NanoCpus);
        AddNumber("CpuShares", config.CpuShares);
        AddNumber("CpuPeriod", config.CpuPeriod);
        AddNumber("CpuQuota", config.CpuQuota is < 0 ? 0 : config.CpuQuota);
        AddNumber("CpuRealtimePeriod", config.CpuRealtimePeriod);
        AddNumber("CpuRealtimeRuntime", config.CpuRealtimeRuntime);
        AddNumber("BlkioWeight", config.BlkioWeight);
        AddNumber("PidsLimit", config.PidsLimit is < 0 ? 0 : config.PidsLimit);
        Add("CpusetCpus", config.CpusetCpus);
        Add("CpusetMems", config.CpusetMems);
        Add("RestartPolicy", config.RestartPolicy is { Name: not (null or "" or "no") } policy
            ? policy.MaximumRetryCount > 0 ? $"{policy.Name}:{policy.MaximumRetryCount.ToString(CultureInfo.InvariantCulture)}" : policy.Name
            : null);
        return limits.ToImmutable();

        void AddNumber(string name, long? value) => Add(name, value is null or 0 ? null : value.Value.ToString(CultureInfo.InvariantCulture));

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                limits[name] = value;
        }
    }

    private static bool IsOfEngine(string name, ImmutableSortedDictionary<string, string> requested) =>
        OfEngine.Contains(name)
        || (name == "NanoCpus" && requested.ContainsKey("CpuQuota"))
        || (name is "CpuQuota" or "CpuPeriod" && requested.ContainsKey("NanoCpus"));

    private static JsonObject Policy(string text) => text.Split(':') is [var name, var retries]
        ? new JsonObject { ["Name"] = name, ["MaximumRetryCount"] = int.Parse(retries, CultureInfo.InvariantCulture) }
        : new JsonObject { ["Name"] = text };
}
