using System.Globalization;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Kinds.EdgeModule.Compiling;

/// <summary>
/// Merges an EdgeModule's plain fields into its createOptions. What both say is a problem, except for variables,
/// where the plain field wins.
/// </summary>
internal sealed class PlainFields(EdgeModuleFields spec, MapNode specNode, CreateOptions options, ProblemCollector problems)
{
    private static readonly string[] EngineNetworks = ["bridge", "host", "none"];

    private readonly JsonObject _body = options.Body;

    /// <param name="name">The container's name, which it answers to on the networks that the module names.</param>
    public void MergeAs(string name)
    {
        Set("command", Words(spec.Command), "Entrypoint");
        Set("args", Words(spec.Args), "Cmd");
        Set("user", spec.User, "User");
        Set("workingDir", spec.WorkingDir, "WorkingDir");
        Set("readOnly", spec.ReadOnly ? true : null, "HostConfig", "ReadonlyRootfs");
        Set("resources", spec.Resources?.Memory, "HostConfig", "Memory");
        Set("resources", spec.Resources?.NanoCpus, "HostConfig", "NanoCpus");
        Set("health", Healthcheck(), "Healthcheck");
        MergeEnv();
        MergeLabels();
        MergePorts();
        MergeVolumes();
        MergeNetworks(name);
    }

    private void Set(string field, JsonNode? value, params ReadOnlySpan<string> path)
    {
        if (value is null)
            return;
        if (_body.Get(path) is not null)
            SaidTwice(field, $"createOptions.{string.Join('.', path)}");
        else
            _body.MapAt(path[..^1])[path[^1]] = value;
    }

    private void SaidTwice(string field, string other) => problems.Add(
        specNode.Find(field)?.KeyWhere ?? specNode.Where, $"both `{field}` and `{other}` are set", "keep one of them");

    private static JsonArray? Words(IEnumerable<string>? words) => words is null ? null : [.. words.Select(word => (JsonNode?)word)];

    private JsonObject? Healthcheck()
    {
        if (spec.Health is not { } health || (health.Exec ?? (object?)health.Http ?? health.Tcp) is null)
            return null;
        if (health.Exec is null && _body.Get("Healthcheck") is not null)
            SaidTwice("health", "createOptions.Healthcheck");
        if (health.Exec is null)
            return null;
        var check = new JsonObject { ["Test"] = Words(health.Exec.Command.Prepend("CMD")) };
        if (health.Interval is { } interval)
            check["Interval"] = Nanoseconds(interval);
        if (health.Timeout is { } timeout)
            check["Timeout"] = Nanoseconds(timeout);
        if (health.StartPeriod is { } startPeriod)
            check["StartPeriod"] = Nanoseconds(startPeriod);
        if (health.Retries is { } retries)
            check["Retries"] = retries;
        return check;
    }

    private static long Nanoseconds(TimeSpan time) => time.Ticks * TimeSpan.NanosecondsPerTick;

    private void MergeEnv()
    {
        if (spec.Env.IsEmpty)
            return;
        var others = _body.GetTexts("Env").Where(variable => !spec.Env.ContainsKey(variable.Split('=')[0]));
        _body["Env"] = Words(others.Concat(spec.Env.Select(variable => $"{variable.Key}={variable.Value}")));
    }

    private void MergeLabels()
    {
        foreach (var (label, value) in spec.Labels)
            Set("labels", value, "Labels", label);
    }

    private void MergePorts()
    {
        var there = _body.GetMap("HostConfig", "PortBindings").Select(port => NumberAndProtocol(port.Key)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var port in spec.Ports)
        {
            var key = $"{port.Container.ToString(CultureInfo.InvariantCulture)}/{port.Protocol}";
            if (there.Contains(key))
            {
                SaidTwice("ports", $"createOptions.HostConfig.PortBindings.{key}");
                continue;
            }
            var binding = new JsonObject { ["HostPort"] = port.Host?.ToString(CultureInfo.InvariantCulture) ?? "" };
            if (port.Address is not null)
                binding["HostIp"] = port.Address;
            _body.MapAt("ExposedPorts")[key] = new JsonObject();
            _body.MapAt("HostConfig", "PortBindings").ListAt(key).Add((JsonNode)binding);
        }
    }

    private static string NumberAndProtocol(string port) => port.Contains('/') ? port : $"{port}/tcp";

    private void MergeVolumes()
    {
        foreach (var volume in spec.Volumes)
        {
            string?[] mode = [volume.ReadOnly ? "ro" : null, volume.Relabel];
            var suffix = string.Join(',', mode.OfType<string>());
            _body.MapAt("HostConfig").ListAt("Binds").Add((JsonNode)$"{volume.Source}:{volume.Path}{(suffix.Length > 0 ? $":{suffix}" : "")}");
        }
    }

    private void MergeNetworks(string name)
    {
        if (spec.Networks.IsEmpty)
            return;
        if (spec.Networks.Length > 1 && spec.Networks.FirstOrDefault(network => network is "host" or "none") is { } alone)
            problems.Add(specNode.Find("networks")?.KeyWhere ?? specNode.Where, $"networks joins {alone} and others", $"name {alone} alone, or leave it out");
        if (_body.Get("NetworkingConfig", "EndpointsConfig") is not null)
            SaidTwice("networks", "createOptions.NetworkingConfig.EndpointsConfig");
        else if (_body.Get("HostConfig", "NetworkMode") is not null)
            SaidTwice("networks", "createOptions.HostConfig.NetworkMode");
        else
            Join(_body, spec.Networks, name);
    }

    /// <summary>Joins a container to networks, the first of which gives it its way out.</summary>
    public static void Join(JsonObject body, IReadOnlyList<string> networks, string alias)
    {
        body.MapAt("HostConfig")["NetworkMode"] = networks[0];
        if (networks is [var only] && EngineNetworks.Contains(only))
            return;
        var endpoints = body.MapAt("NetworkingConfig", "EndpointsConfig");
        foreach (var network in networks)
            endpoints[network] = EngineNetworks.Contains(network) ? new JsonObject() : new JsonObject { ["Aliases"] = new JsonArray(alias) };
    }
}
