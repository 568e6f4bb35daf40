using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Twins;

/// <summary>
/// What the agent reports for the module <c>$edgeAgent</c>, in the shape of IoT Edge's own agent, so that Azure's portal and tools show it
/// (Azure/iotedge, edge-agent/src/Microsoft.Azure.Devices.Edge.Agent.Core/AgentState.cs).
/// </summary>
public static class EdgeAgentReport
{
    private const string EdgeAgent = "edgeAgent";
    private const string SystemModules = "systemModules";

    /// <summary>As IoT Edge's DeploymentStatusCode has them.</summary>
    private const int Successful = 200;
    private const int FormatError = 400;
    private const int Unknown = 406;
    private const int Empty = 417;
    private const int Failed = 500;

    /// <param name="desired">Of <c>$edgeAgent</c>, with <c>$version</c>.</param>
    /// <param name="isPickedUp">The revision that the status names as desired has this very deployment.</param>
    public static JsonObject Of(JsonObject desired, DeviceStatus status, bool isPickedUp, string os, string architecture)
    {
        var report = Of(desired, status, isPickedUp, os, architecture, withSettings: true);
        return TwinSize.Of(report) <= TwinReport.MaxSize && TwinCheck.Find(TwinSection.Reported, report) is null
            ? report
            : Of(desired, status, isPickedUp, os, architecture, withSettings: false);
    }

    private static JsonObject Of(JsonObject desired, DeviceStatus status, bool isPickedUp, string os, string architecture, bool withSettings)
    {
        var resources = status.Resources.Where(r => r.Kind == KindNames.EdgeModule).ToImmutableDictionary(r => r.Name);
        var (code, description) = StatusOf(desired, status, isPickedUp);
        var system = new JsonObject();
        foreach (var (name, module) in Members(desired, SystemModules))
            system[name] = name == EdgeAgent ? OwnModule(module) : Module(module, resources.GetValueOrDefault(name), withSettings);
        var modules = new JsonObject();
        foreach (var (name, module) in Members(desired, "modules"))
            modules[name] = Module(module, resources.GetValueOrDefault(name), withSettings);
        return new()
        {
            ["schemaVersion"] = desired["schemaVersion"]?.DeepClone() ?? "1.0",
            ["version"] = new JsonObject { ["version"] = status.AgentVersion, ["build"] = "EdgeOperator", ["commit"] = "" },
            ["lastDesiredVersion"] = desired["$version"]?.DeepClone(),
            ["lastDesiredStatus"] = new JsonObject { ["code"] = code, ["description"] = TwinReport.Short(description) },
            ["runtime"] = new JsonObject
            {
                ["type"] = "docker",
                ["platform"] = new JsonObject { ["os"] = os, ["architecture"] = architecture, ["version"] = "" },
            },
            [SystemModules] = system,
            ["modules"] = modules,
        };
    }

    private static (int Code, string Description) StatusOf(JsonObject desired, DeviceStatus status, bool isPickedUp)
    {
        if (!desired.ContainsKey("modules") && !desired.ContainsKey(SystemModules))
            return (Empty, "the deployment is empty");
        if (!isPickedUp || status.Desired is null)
            return (Unknown, "the deployment has not been looked at yet");
        if (status.Conditions.Find(Condition.Stalled) is { Status: ConditionStatus.True } stalled)
            return (stalled.Reason == "InvalidManifest" ? FormatError : Failed, stalled.Message);
        return status.LastGood == status.Desired ? (Successful, "") : (Unknown, "the deployment is being applied");
    }

    private static IEnumerable<(string Name, JsonObject Module)> Members(JsonObject desired, string section) =>
        from entry in desired[section] as JsonObject ?? []
        where entry.Value is JsonObject
        select (entry.Key, (JsonObject)entry.Value!);

    private static JsonObject OwnModule(JsonObject desired)
    {
        var module = new JsonObject { ["type"] = "docker", ["runtimeStatus"] = "running", ["imagePullPolicy"] = desired["imagePullPolicy"]?.DeepClone() ?? "on-create" };
        if (desired["settings"] is JsonObject settings)
            module["settings"] = new JsonObject { ["image"] = settings["image"]?.DeepClone() };
        return module;
    }

    private static JsonObject Module(JsonObject desired, ResourceStatus? resource, bool withSettings)
    {
        var details = resource?.Details ?? ImmutableSortedDictionary<string, string>.Empty;
        var exitCode = int.TryParse(details.GetValueOrDefault("exitCode"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var code) ? code : 0;
        var module = new JsonObject
        {
            ["type"] = "docker",
            ["status"] = desired["status"]?.DeepClone() ?? "running",
            ["restartPolicy"] = desired["restartPolicy"]?.DeepClone() ?? "on-unhealthy",
            ["imagePullPolicy"] = desired["imagePullPolicy"]?.DeepClone() ?? "on-create",
            ["runtimeStatus"] = RuntimeStatus(resource?.State, exitCode),
            ["statusDescription"] = TwinReport.Short(resource?.Conditions.Find(Condition.Ready)?.Message ?? ""),
            ["exitCode"] = exitCode,
            ["restartCount"] = int.TryParse(details.GetValueOrDefault("restarts"), NumberStyles.None, CultureInfo.InvariantCulture, out var restarts) ? restarts : 0,
            ["lastStartTimeUtc"] = details.GetValueOrDefault("startedAt") ?? "0001-01-01T00:00:00",
            ["lastExitTimeUtc"] = details.GetValueOrDefault("finishedAt") ?? "0001-01-01T00:00:00",
            ["settings"] = new JsonObject { ["image"] = desired["settings"]?["image"]?.DeepClone(), ["imageHash"] = details.GetValueOrDefault("imageId") },
        };
        if (desired["version"] is { } version)
            module["version"] = version.DeepClone();
        if (withSettings)
            Echo(desired, module);
        return module;
    }

    private static void Echo(JsonObject desired, JsonObject module)
    {
        if (desired["env"] is JsonObject env)
            module["env"] = env.DeepClone();
        foreach (var (name, value) in desired["settings"] as JsonObject ?? [])
            if (name.StartsWith("createOptions", StringComparison.Ordinal))
                module["settings"]![name] = value?.DeepClone();
    }

    // IoT Edge knows unknown, backoff, running, unhealthy, stopped, failed, dead.
    private static string RuntimeStatus(string? state, int exitCode) => state switch
    {
        "running" or "starting" => "running",
        "unhealthy" => "unhealthy",
        "restarting" => "backoff",
        "dead" => "dead",
        "exited" => exitCode == 0 ? "stopped" : "failed",
        "created" or "paused" => "stopped",
        _ => "unknown",
    };
}
