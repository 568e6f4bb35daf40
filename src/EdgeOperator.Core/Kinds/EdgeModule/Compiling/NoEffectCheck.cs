using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Kinds.EdgeModule.Compiling;

/// <summary>Warns of settings that the engine takes and that change nothing where they stand.</summary>
internal sealed class NoEffectCheck(JsonObject body, CreateOptions options, ProblemCollector problems)
{
    private const string Remove = "remove it";

    /// <summary>What only an interactive client or an engine's own answer has.</summary>
    private static readonly string[][] Never =
    [
        ["OnBuild"], ["ArgsEscaped"], ["HostConfig", "ContainerIDFile"], ["HostConfig", "ConsoleSize"],
    ];

    public void Run()
    {
        foreach (var path in Never.Where(path => body.Get(path) is JsonArray { Count: > 0 } || body.GetText(path).Length > 0 || body.GetFlag(path)))
            Warn(path, "is not for the engine");

        WarnOfPorts();
        WarnOfNames();
        WarnOfPrivileges();
        WarnOfResources();
        WarnOfHealth();
        WarnOfLogging();
        WarnOfStandardInput();
    }

    private void WarnOfPorts()
    {
        if (WithoutPorts() is not { } why)
            return;
        var isHost = body.GetText("HostConfig", "NetworkMode") == "host";
        foreach (var path in ((string[][])[["HostConfig", "PortBindings"], ["NetworkingConfig", "EndpointsConfig"]]).Where(path => HasContent(path) && !(isHost && path[0] == "NetworkingConfig")))
            Warn(path, why);
        if (body.GetFlag("HostConfig", "PublishAllPorts"))
            Warn(["HostConfig", "PublishAllPorts"], why);
    }

    private void WarnOfNames()
    {
        if (!body.GetText("HostConfig", "NetworkMode").StartsWith(EngineObjects.OfContainer, StringComparison.Ordinal))
            return;
        foreach (var name in (string[])["DnsSearch", "DnsOptions"])
            if (body.Get("HostConfig", name) is JsonArray { Count: > 0 })
                Warn(["HostConfig", name], "the container has another container's network (HostConfig.NetworkMode), and its settings");
    }

    private string? WithoutPorts() => body.GetText("HostConfig", "NetworkMode") switch
    {
        _ when body.GetFlag("NetworkDisabled") => "NetworkDisabled leaves the container without a network",
        "host" => "the container has the host's network (HostConfig.NetworkMode), and with it all ports",
        "none" => "the container has no network (HostConfig.NetworkMode)",
        _ => null,
    };

    private bool HasContent(string[] path) => body.GetMap(path).Any(entry =>
        path[0] != "NetworkingConfig" || entry.Key is not ("host" or "none") || entry.Value is JsonObject { Count: > 0 });

    private void WarnOfPrivileges()
    {
        if (!body.GetFlag("HostConfig", "Privileged"))
            return;
        foreach (var name in (string[])["CapAdd", "Devices", "DeviceCgroupRules"])
            if (body.Get("HostConfig", name) is JsonArray { Count: > 0 } list && (name != "Devices" || list.OfType<JsonObject>().All(IsSamePath)))
                Warn(["HostConfig", name], "a privileged container has it all (HostConfig.Privileged)");
    }

    private static bool IsSamePath(JsonObject device) =>
        device.GetText("PathInContainer") is var inside && (inside.Length == 0 || inside == device.GetText("PathOnHost"));

    private void WarnOfResources()
    {
        if (body.GetFlag("HostConfig", "OomKillDisable") && body.GetNumber("HostConfig", "Memory") is (null or 0))
            Warn(["HostConfig", "OomKillDisable"], "without HostConfig.Memory there is no limit to reach");
        foreach (var name in (string[])["CpuCount", "CpuPercent", "IOMaximumIOps", "IOMaximumBandwidth"])
            if (body.GetNumber("HostConfig", name) > 0)
                Warn(["HostConfig", name], "only engines of Windows containers know it");
        foreach (var name in (string[])["KernelMemory", "KernelMemoryTCP"])
            if (body.GetNumber("HostConfig", name) > 0)
                Warn(["HostConfig", name], "kernels and engines no longer know it");
    }

    private void WarnOfHealth()
    {
        if (body.GetTexts("Healthcheck", "Test").FirstOrDefault() != "NONE")
            return;
        foreach (var name in (string[])["Interval", "Timeout", "StartPeriod", "StartInterval", "Retries"])
            if (body.GetNumber("Healthcheck", name) > 0)
                Warn(["Healthcheck", name], "Healthcheck.Test is NONE");
    }

    private void WarnOfLogging()
    {
        if (body.GetText("HostConfig", "LogConfig", "Type") == "none" && body.GetMap("HostConfig", "LogConfig", "Config").Any())
            Warn(["HostConfig", "LogConfig", "Config"], "the log driver none keeps nothing");
    }

    private void WarnOfStandardInput()
    {
        if (body.GetFlag("StdinOnce") && !body.GetFlag("OpenStdin"))
            Warn(["StdinOnce"], "OpenStdin is not set");
    }

    private void Warn(string[] path, string why) => problems.Warn(options.At(path), $"{string.Join('.', path)} has no effect: {why}", Remove);
}
