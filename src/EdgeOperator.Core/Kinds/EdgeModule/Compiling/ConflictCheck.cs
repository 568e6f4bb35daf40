using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests;

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
    }

    private void CheckLabels()
    {
        foreach (var (label, _) in body.GetMap("Labels").Where(label => label.Key.StartsWith(OwnLabels, StringComparison.Ordinal)))
            problems.Add(options.At("Labels", label), $"the label {label} is the agent's own", $"take another prefix than {OwnLabels}");
    }

    private void CheckMounts()
    {
        foreach (var target in Targets().GroupBy(target => target.TrimEnd('/'), StringComparer.Ordinal).Where(same => same.Count() > 1))
            problems.Add(options.At("HostConfig", "Mounts"), $"more than one volume is mounted at {target.Key}", "mount one of them elsewhere");

        foreach (var mount in body.GetList("HostConfig", "Mounts").OfType<JsonObject>())
            CheckMount(mount.GetText("Type"), mount.GetText("Source"), mount.GetText("Target"));
    }

    private IEnumerable<string> Targets() =>
    [
        .. body.GetTexts("HostConfig", "Binds").Select(BindMount.Parse).OfType<BindMount>().Select(bind => bind.Target),
        .. body.GetList("HostConfig", "Mounts").OfType<JsonObject>().Select(mount => mount.GetText("Target")),
        .. body.GetMap("HostConfig", "Tmpfs").Select(entry => entry.Key),
    ];

    private void CheckMount(string type, string source, string target)
    {
        var (wrong, fix) = (type, source) switch
        {
            _ when source.Contains("${", StringComparison.Ordinal) => ("", ""),
            ("bind", _) when !BindMount.IsAbsolute(source) => ("has no absolute path as Source", "name a path on the device, or take Type volume"),
            ("volume", not "") when !BindMount.IsVolumeName(source) => ("has a Source that is no volume's name", "write letters, digits, '_', '.' and '-', or take Type bind"),
            ("tmpfs", not "") => ("has a Source, and a tmpfs has none", "remove Source"),
            _ => ("", ""),
        };
        if (wrong.Length > 0)
            problems.Add(options.At("HostConfig", "Mounts"), $"the mount at {target} {wrong}", fix);
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
            if (limit.GetNumber("Hard") is >= 0 and var hard && (limit.GetNumber("Soft") > hard || limit.GetNumber("Soft") == -1))
                problems.Add(options.At("HostConfig", "Ulimits"), $"the soft limit of {limit.GetText("Name")} is above the hard one", "lower Soft, or raise Hard");
    }

    private void CheckRestart()
    {
        if (body.GetText("HostConfig", "RestartPolicy", "Name") != "on-failure" && body.GetNumber("HostConfig", "RestartPolicy", "MaximumRetryCount") > 0)
            problems.Add(options.At("HostConfig", "RestartPolicy"), "HostConfig.RestartPolicy.MaximumRetryCount goes with on-failure alone", "remove it, or set Name to on-failure");
    }

    private void CheckNetworkMode()
    {
        if (!body.GetText("HostConfig", "NetworkMode").StartsWith("container:", StringComparison.Ordinal))
            return;
        string[][] refused = [["Hostname"], ["ExposedPorts"], ["HostConfig", "PortBindings"], ["HostConfig", "Dns"], ["HostConfig", "ExtraHosts"], ["HostConfig", "Links"]];
        foreach (var path in refused.Where(path => body.Get(path) is JsonObject { Count: > 0 } or JsonArray { Count: > 0 } || body.GetText(path).Length > 0))
            problems.Add(options.At(path), $"{string.Join('.', path)} can't go with another container's network (HostConfig.NetworkMode)", "remove it, or set it on the other container");
    }
}
