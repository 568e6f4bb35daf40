using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Kinds.EdgeModule.Compiling;

/// <summary>Finds fields of a create request that are right by themselves and that the engine refuses together.</summary>
internal sealed class ConflictCheck(JsonObject body, CreateOptions options, ProblemCollector problems)
{
    public const string OwnLabels = "edgeoperator.io/";

    public void Run()
    {
        CheckLabels();
        CheckMounts();
        CheckMemory();
        CheckProcessors();
        CheckUlimits();
        CheckRestart();
        CheckNetworkMode();
        CheckHostNamespaces();
        CheckPorts();
        CheckEndpoints();
        CheckHealth();
        CheckDeviceRequests();
        new LogConfigCheck(body, options, problems).Run();
        new NoEffectCheck(body, options, problems).Run();
    }

    private void CheckLabels()
    {
        foreach (var (label, _) in body.GetMap("Labels").Where(label => label.Key.StartsWith(OwnLabels, StringComparison.Ordinal)))
            problems.Add(options.At("Labels", label), $"the label {label} is the agent's own", $"take another prefix than {OwnLabels}");
    }

    private void CheckMounts()
    {
        foreach (var target in Targets().GroupBy(BindMount.Clean, StringComparer.Ordinal).Where(same => same.Count() > 1))
            problems.Add(options.At("HostConfig", "Mounts"), $"more than one volume is mounted at {target.Key}", "mount one of them elsewhere");

        foreach (var mount in body.GetList("HostConfig", "Mounts").OfType<JsonObject>())
            CheckMount(mount, mount.GetText("Type"), mount.GetText("Source"), mount.GetText("Target"));
    }

    private IEnumerable<string> Targets() =>
    [
        .. body.GetTexts("HostConfig", "Binds").Select(BindMount.Parse).OfType<BindMount>().Select(bind => bind.Target),
        .. body.GetList("HostConfig", "Mounts").OfType<JsonObject>().Select(mount => mount.GetText("Target")),
        .. body.GetMap("HostConfig", "Tmpfs").Select(entry => entry.Key),
    ];

    private void CheckMount(JsonObject mount, string type, string source, string target)
    {
        var (wrong, fix) = (type, source) switch
        {
            _ when source.Contains("${", StringComparison.Ordinal) => ("", ""),
            ("", _) => ("has no Type", "write Type bind, volume or tmpfs"),
            ("bind" or "volume" or "tmpfs", _) when target.Length == 0 => ("has no Target", "name the absolute path inside the container"),
            ("bind", _) when !BindMount.IsAbsolute(source) => ("has no absolute path as Source", "name a path on the device, or take Type volume"),
            ("volume", not "") when !BindMount.IsVolumeName(source) => ("has a Source that is no volume's name", "write at least two letters, digits, '_', '.' and '-', or take Type bind"),
            ("tmpfs", not "") => ("has a Source, and a tmpfs has none", "remove Source"),
            _ => OptionsOfOtherType(mount, type),
        };
        if (wrong.Length > 0)
            problems.Add(options.At("HostConfig", "Mounts"), $"the mount at {(target.Length > 0 ? target : Quote.Short(source))} {wrong}", fix);
    }

    private static (string Wrong, string Fix) OptionsOfOtherType(JsonObject mount, string type)
    {
        (string Name, string Type)[] all = [("BindOptions", "bind"), ("VolumeOptions", "volume"), ("TmpfsOptions", "tmpfs"), ("ImageOptions", "image"), ("ClusterOptions", "cluster")];
        return all.FirstOrDefault(other => other.Type != type && mount[other.Name] is JsonObject) is { Name: { } name }
            ? ($"has Type {type} and {name}", $"remove {name}")
            : ("", "");
    }

    private void CheckMemory()
    {
        var memory = body.GetNumber("HostConfig", "Memory") ?? 0;
        var swap = body.GetNumber("HostConfig", "MemorySwap") ?? 0;
        if (swap > 0 && memory == 0)
            problems.Add(options.At("HostConfig", "MemorySwap"), "HostConfig.MemorySwap is limited and HostConfig.Memory is not", "limit Memory as well");
        else if (swap > 0 && swap < memory)
            problems.Add(options.At("HostConfig", "MemorySwap"), $"HostConfig.MemorySwap ({swap}) is below HostConfig.Memory ({memory}), which it includes", "raise it, or write -1 for no limit");
        if (memory > 0 && body.GetNumber("HostConfig", "MemoryReservation") > memory)
            problems.Add(options.At("HostConfig", "MemoryReservation"), $"HostConfig.MemoryReservation is above HostConfig.Memory ({memory})", "reserve less than the limit");
    }

    private void CheckProcessors()
    {
        if (body.GetNumber("HostConfig", "NanoCpus") > 0
            && (body.GetNumber("HostConfig", "CpuPeriod") > 0 || body.GetNumber("HostConfig", "CpuQuota") > 0))
            problems.Add(options.At("HostConfig", "NanoCpus"), "HostConfig.NanoCpus is set together with CpuPeriod or CpuQuota", "keep NanoCpus, or the two others");
    }

    private void CheckUlimits()
    {
        foreach (var limit in body.GetList("HostConfig", "Ulimits").OfType<JsonObject>())
            if ((limit.GetNumber("Hard") ?? 0) is >= 0 and var hard && (limit.GetNumber("Soft") > hard || limit.GetNumber("Soft") == -1))
                problems.Add(options.At("HostConfig", "Ulimits"), $"the soft limit of {limit.GetText("Name")} is above the hard one", "lower Soft, or raise Hard");
    }

    private void CheckRestart()
    {
        if (body.GetText("HostConfig", "RestartPolicy", "Name") != "on-failure" && body.GetNumber("HostConfig", "RestartPolicy", "MaximumRetryCount") > 0)
            problems.Add(options.At("HostConfig", "RestartPolicy"), "HostConfig.RestartPolicy.MaximumRetryCount goes with on-failure alone", "remove it, or set Name to on-failure");
    }

    private void CheckNetworkMode()
    {
        if (!body.GetText("HostConfig", "NetworkMode").StartsWith(EngineObjects.OfContainer, StringComparison.Ordinal))
            return;
        string[][] refused =
        [
            ["Hostname"], ["MacAddress"], ["ExposedPorts"], ["HostConfig", "PortBindings"], ["HostConfig", "Dns"],
            ["HostConfig", "ExtraHosts"], ["HostConfig", "Links"],
        ];
        foreach (var path in refused.Where(IsSet))
            problems.Add(options.At(path), $"{string.Join('.', path)} can't go with another container's network (HostConfig.NetworkMode)", "remove it, or set it on the other container");
        if (body.GetFlag("HostConfig", "PublishAllPorts"))
            problems.Add(options.At("HostConfig", "PublishAllPorts"), "HostConfig.PublishAllPorts can't go with another container's network (HostConfig.NetworkMode)", "remove it, or set it on the other container");
    }

    private void CheckHostNamespaces()
    {
        if (body.GetText("HostConfig", "UTSMode") == "host" && (IsSet(["Hostname"]) || IsSet(["Domainname"])))
            problems.Add(options.At("HostConfig", "UTSMode"), "HostConfig.UTSMode is host, whose name Hostname and Domainname would change", "remove them, or UTSMode");

        var parameters = body.GetMap("HostConfig", "Sysctls").Select(entry => entry.Key).ToArray();
        Check("NetworkMode", EngineKeywords.IsNetworkParameter);
        Check("IpcMode", EngineKeywords.IsIpcParameter);
        if (body.GetText("HostConfig", "NetworkMode") == "host")
        {
            foreach (var path in ((string[][])[["MacAddress"], ["HostConfig", "Links"]]).Where(IsSet))
                problems.Add(options.At(path), $"{string.Join('.', path)} can't go with the host's network (HostConfig.NetworkMode)", "remove it, or take a network of the engine's");
            foreach (var (network, _) in body.GetMap("NetworkingConfig", "EndpointsConfig").Where(endpoint => endpoint.Key != "host"))
                problems.Add(options.At("NetworkingConfig", "EndpointsConfig", network), $"the network {network} can't go with the host's network (HostConfig.NetworkMode)", "keep one of them");
        }

        void Check(string mode, Func<string, bool> concerns)
        {
            if (body.GetText("HostConfig", mode) == "host" && parameters.FirstOrDefault(concerns) is { } name)
                problems.Add(options.At("HostConfig", "Sysctls", name), $"{name} would change the host's own, since HostConfig.{mode} is host", "set it on the host, or remove it");
        }
    }

    private void CheckPorts()
    {
        var published = body.GetMap("HostConfig", "PortBindings")
            .SelectMany(port => (port.Value as JsonArray ?? []).OfType<JsonObject>().Select(binding => (
                Port: binding.GetText("HostPort").Split('/')[0],
                Protocol: port.Key.Split('/') is [_, var protocol] ? protocol.ToLowerInvariant() : "tcp",
                Address: binding.GetText("HostIp") is "0.0.0.0" or "::" ? "" : binding.GetText("HostIp"))))
            .Where(port => port.Port is not ("" or "0") && !port.Port.Contains('-'));
        foreach (var same in published.GroupBy(port => port).Where(same => same.Count() > 1))
            problems.Add(options.At("HostConfig", "PortBindings"), $"the host's port {same.Key.Port}/{same.Key.Protocol} is published twice", "choose another port for one of them");
    }

    /// <summary>The engine's own networks have no names and no addresses to choose.</summary>
    private void CheckEndpoints()
    {
        foreach (var (network, endpoint) in body.GetMap("NetworkingConfig", "EndpointsConfig"))
        {
            if (network is not ("bridge" or "host" or "none" or "default") || endpoint is not JsonObject settings)
                continue;
            var wrong = settings.GetTexts("Aliases").Any() ? "Aliases"
                : settings.GetText("IPAMConfig", "IPv4Address").Length > 0 || settings.GetText("IPAMConfig", "IPv6Address").Length > 0 ? "IPAMConfig"
                : null;
            if (wrong is not null)
                problems.Add(options.At("NetworkingConfig", "EndpointsConfig", network, wrong), $"the engine's own network {network} has no {wrong}", "join a network of another name");
        }
    }

    private void CheckHealth()
    {
        if (body.Get("Healthcheck", "Test") is JsonArray && body.GetTexts("Healthcheck", "Test").ToArray() is var test && !test.Any(word => word.Contains("${", StringComparison.Ordinal)) && !EngineSyntax.IsHealthTest(test))
            problems.Add(options.At("Healthcheck", "Test"), $"Healthcheck.Test begins with {Quote.Short(test[0])}", "write [\"CMD\", PROGRAM, ARGUMENT …], [\"CMD-SHELL\", COMMAND] or [\"NONE\"]");
    }

    private void CheckDeviceRequests()
    {
        foreach (var request in body.GetList("HostConfig", "DeviceRequests").OfType<JsonObject>())
            if (request.GetNumber("Count") is not (null or 0) && request.GetTexts("DeviceIDs").Any())
                problems.Add(options.At("HostConfig", "DeviceRequests"), "a device request has both Count and DeviceIDs", "keep one of them");
    }

    private bool IsSet(string[] path) => body.Get(path) is JsonObject { Count: > 0 } or JsonArray { Count: > 0 } || body.GetText(path).Length > 0;
}
