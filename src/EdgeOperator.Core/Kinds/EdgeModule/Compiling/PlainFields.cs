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
        if (spec.WorkingDir is { } folder && !folder.Contains("${", StringComparison.Ordinal) && !BindMount.IsAbsolute(folder))
            problems.Add(At("workingDir"), $"workingDir must be an absolute path, not {Quote.Short(folder)}", "begin it with /");
        if (spec.User is { } user && !user.Contains("${", StringComparison.Ordinal) && !EngineSyntax.IsUser(user))
            problems.Add(At("user"), $"user must be {EngineSyntax.UserForm}, not {Quote.Short(user)}", "correct the value");
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
        WarnOfHealth();
    }

    private void WarnOfHealth()
    {
        if (spec.Health is not { Exec: null, Http: null, Tcp: null } || specNode["health"] is not MapNode health)
            return;
        foreach (var field in health.Entries.Where(entry => entry.Key is "interval" or "timeout" or "retries" or "startPeriod"))
            problems.Warn(field.KeyWhere, $"health.{field.Key} has no effect without a probe", "add `exec`, `http` or `tcp`, or remove it");
    }

    private void Set(string field, JsonNode? value, params ReadOnlySpan<string> path)
    {
        if (value is null)
            return;
        if (_body.Get(path) is not null)
            ReportDuplicate(field, $"createOptions.{string.Join('.', path)}");
        else
            _body.MapAt(path[..^1])[path[^1]] = value;
    }

    private Position At(string field) => specNode.Find(field)?.KeyWhere ?? specNode.Where;

    private void ReportDuplicate(string field, string other) => problems.Add(
        At(field), $"both `{field}` and `{other}` are set", "keep one of them");

    private static JsonArray? Words(IEnumerable<string>? words) => words is null ? null : [.. words.Select(word => (JsonNode?)word)];

    private JsonObject? Healthcheck()
    {
        if (spec.Health is not { } health || (health.Exec ?? (object?)health.Http ?? health.Tcp) is null)
            return null;
        if (health.Exec is null && _body.Get("Healthcheck") is not null)
            ReportDuplicate("health", "createOptions.Healthcheck");
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
        foreach (var twice in _body.GetTexts("Env").Where(variable => spec.Env.ContainsKey(NameOf(variable))))
            problems.Warn(options.At("Env"), $"{NameOf(twice)} in createOptions.Env has no effect: `env` sets it too", "keep one of them");
        foreach (var same in _body.GetTexts("Env").GroupBy(NameOf, StringComparer.Ordinal).Where(same => same.Count() > 1))
            problems.Warn(options.At("Env"), $"createOptions.Env sets {same.Key} more than once, and only the last counts", "keep one of them");
        if (spec.Env.IsEmpty)
            return;
        var others = _body.GetTexts("Env").Where(variable => !spec.Env.ContainsKey(NameOf(variable)));
        _body["Env"] = Words(others.Concat(spec.Env.Select(variable => $"{variable.Key}={variable.Value}")));
    }

    private static string NameOf(string variable) => variable.Split('=')[0];

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
                ReportDuplicate("ports", $"createOptions.HostConfig.PortBindings.{key}");
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
            if (!$"{volume.Source}{volume.Path}".Contains("${", StringComparison.Ordinal) && BindMount.Parse($"{volume.Source}:{volume.Path}") is null)
                problems.Add(At("volumes"), $"the engine can't mount {Quote.Short(volume.Source)} at {Quote.Short(volume.Path)}", "mount an absolute path, or a volume of two letters or more, at an absolute path other than /");
            _body.MapAt("HostConfig").ListAt("Binds").Add((JsonNode)$"{volume.Source}:{volume.Path}{(suffix.Length > 0 ? $":{suffix}" : "")}");
        }
    }

    private void MergeNetworks(string name)
    {
        if (spec.Networks.IsEmpty)
            return;
        if (spec.Networks.Length > 1 && spec.Networks.FirstOrDefault(network => network is "host" or "none") is { } alone)
            problems.Add(At("networks"), $"networks joins {alone} and others", $"name {alone} alone, or leave it out");
        if (_body.Get("NetworkingConfig", "EndpointsConfig") is not null)
            ReportDuplicate("networks", "createOptions.NetworkingConfig.EndpointsConfig");
        else if (_body.Get("HostConfig", "NetworkMode") is not null)
            ReportDuplicate("networks", "createOptions.HostConfig.NetworkMode");
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
