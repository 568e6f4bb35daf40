using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Kinds.EdgeModule.Compiling;

/// <summary>Turns a module's spec into what a container engine is asked for.</summary>
public static class ContainerCompiler
{
    /// <param name="name">The module's name, which becomes the container's.</param>
    /// <param name="spec">The spec, bound from <paramref name="specNode"/>.</param>
    /// <param name="specNode">Where everything stands; its <c>createOptions</c> is read from here.</param>
    /// <returns>Null when something is wrong, which is then among the problems.</returns>
    public static EdgeModuleSpec? Compile(string name, EdgeModuleFields spec, MapNode specNode, ProblemCollector problems) =>
        Compile(name, spec, specNode, () => Options(specNode, problems), problems);

    /// <summary>Checks <c>createOptions</c> alone, for a spec that is wrong elsewhere: all problems are reported at once.</summary>
    public static void CheckOptions(MapNode specNode, ProblemCollector problems)
    {
        if (specNode["createOptions"] is not (MapNode or ScalarNode { Kind: ScalarKind.String }))
            return;
        var options = Options(specNode, problems);
        new ConflictCheck(options.Body, options, problems).Run();
    }

    internal static EdgeModuleSpec? Compile(string name, EdgeModuleFields spec, MapNode specNode, Func<CreateOptions> read, ProblemCollector problems)
    {
        var before = problems.Count;
        var options = read();
        var body = options.Body;
        new PlainFields(spec, specNode, options, problems).MergeAs(name);
        SetImage(spec.Image, specNode, options, problems);
        KeepAfterItsEnd(options, problems);
        FillIn(body);
        SetRestartPolicy(spec.RestartPolicy, body);
        if (spec.StopTimeout is { } stopTimeout)
            body["StopTimeout"] = (int)Math.Ceiling(stopTimeout.TotalSeconds);
        new ConflictCheck(body, options, problems).Run();
        SecretCheck.Run(spec, specNode, options, problems);
        if (spec.UpdateStrategy == UpdateStrategy.StartFirst)
            StartFirstCheck.Run(body, specNode.Find("updateStrategy")?.KeyWhere ?? specNode.Where, problems);

        return problems.Count > before ? null : new()
        {
            Name = name,
            Image = spec.Image,
            CreateBody = CanonicalJson.Write(body),
            PullPolicy = spec.ImagePullPolicy,
            Restart = spec.RestartPolicy,
            Power = spec.Status,
            StartupOrder = spec.StartupOrder,
            UpdateStrategy = spec.UpdateStrategy,
            Networks = EngineObjects.Networks(body),
            UsesDefaultNetwork = EngineObjects.UsesDefaultNetwork(body),
            Volumes = EngineObjects.Volumes(body),
            Joins = EngineObjects.Joined(body),
            VolumesFrom = EngineObjects.VolumesFrom(body),
            Probe = Probe(spec.Health),
            StableFor = spec.Health?.StableFor,
            StopTimeout = spec.StopTimeout ?? StopTimeout(body),
            Target = spec.Target,
            SecretFiles = spec.SecretFiles,
            RegistryLogin = spec.RegistryCredentials,
        };
    }

    private static CreateOptions Options(MapNode specNode, ProblemCollector problems) =>
        specNode["createOptions"] is { } node ? CreateOptions.Read(node, convert: false, problems, specNode) : CreateOptions.None(specNode.Where, specNode);

    private static void SetImage(string image, MapNode specNode, CreateOptions options, ProblemCollector problems)
    {
        if (image.Length == 0)
            problems.Add(specNode.Where, "image is missing", "name the module's image");
        else if (!image.Contains("${", StringComparison.Ordinal) && !ImageReference.TryParse(image, out _, out var error))
            problems.Add(specNode.Find("image")?.Value.Where ?? specNode.Where, $"the image {Quote.Short(image)} {error}", "name it as REPOSITORY:TAG or REGISTRY/REPOSITORY:TAG");
        if (options.Body.GetText("Image") is { Length: > 0 } other && ImageReference.Normalize(other) != ImageReference.Normalize(image))
            problems.Add(options.At("Image"), $"createOptions.Image is {Quote.Short(other)} and image is {Quote.Short(image)}", "remove createOptions.Image");
        options.Body["Image"] = image;
    }

    /// <summary>What Docker's command line fills in for a user, and without which engines refuse a request or can't start the container.</summary>
    private static void FillIn(JsonObject body)
    {
        foreach (var device in body.GetList("HostConfig", "Devices").OfType<JsonObject>().Where(device => device.GetText("CgroupPermissions").Length == 0))
            device["CgroupPermissions"] = "rwm";
        foreach (var (network, _) in body.GetMap("NetworkingConfig", "EndpointsConfig").Where(endpoint => endpoint.Value is null).ToArray())
            body.MapAt("NetworkingConfig", "EndpointsConfig")[network] = new JsonObject();
    }

    /// <summary>A container that is gone tells neither that it has done its work nor why it failed; the agent removes containers itself.</summary>
    private static void KeepAfterItsEnd(CreateOptions options, ProblemCollector problems)
    {
        if (!options.Body.GetFlag("HostConfig", "AutoRemove"))
            return;
        problems.Warn(options.At("HostConfig", "AutoRemove"), "HostConfig.AutoRemove has no effect: the agent removes containers when they are replaced", "remove it");
        options.Body.MapAt("HostConfig")["AutoRemove"] = false;
    }

    /// <summary>The engine restarts modules by itself, also while the agent is down, and starts them after a reboot.</summary>
    private static void SetRestartPolicy(RestartPolicy policy, JsonObject body)
    {
        if (body.Get("HostConfig", "RestartPolicy") is not null)
            return;
        body.MapAt("HostConfig", "RestartPolicy")["Name"] = policy switch
        {
            RestartPolicy.OnFailed => "on-failure",
            RestartPolicy.Never => "no",
            _ => "unless-stopped",
        };
    }

    private static NetworkProbe? Probe(HealthSpec? health)
    {
        var probe = health switch
        {
            { Http: { } http } => new NetworkProbe(http.Port, http.Path),
            { Tcp: { } tcp } => new NetworkProbe(tcp.Port, null),
            _ => null,
        };
        return probe is null ? null : probe with
        {
            Interval = health!.Interval ?? probe.Interval,
            Timeout = health.Timeout ?? probe.Timeout,
            Retries = health.Retries ?? probe.Retries,
            StartPeriod = health.StartPeriod ?? probe.StartPeriod,
        };
    }

    private static TimeSpan? StopTimeout(JsonObject body) =>
        body.GetNumber("StopTimeout") is >= 0 and <= int.MaxValue and var seconds ? TimeSpan.FromSeconds(seconds) : null;
}
