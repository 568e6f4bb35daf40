using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>Warns of settings of the agent that change nothing where they stand.</summary>
internal sealed class UnusedSettings(ProblemCollector problems)
{
    private const string Remove = "remove it, or correct the other";

    public void Run(MapNode spec)
    {
        foreach (var git in (spec["sources"] as ListNode)?.Items.OfType<MapNode>().Select(source => source["git"]).OfType<MapNode>() ?? [])
            Check(git);
        if (Map(spec, "telemetry") is { } telemetry && telemetry.Given("otlpEndpoint") is null)
            Warn(telemetry, "telemetry", "otlpProtocol", "there is no `otlpEndpoint`");
        if (Map(spec, "api") is { } api && (api["metrics"] as ScalarNode)?.Text == "off")
            Warn(api, "api", "metricsHosts", "`metrics` is off");
    }

    private void Check(MapNode git)
    {
        var url = (git["url"] as ScalarNode)?.Text ?? "";
        var isHttp = url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || url.StartsWith("http://", StringComparison.OrdinalIgnoreCase);
        var isSsh = !isHttp && !url.StartsWith("file://", StringComparison.OrdinalIgnoreCase) && !url.StartsWith('/');
        if (Map(git, "auth") is { } auth)
        {
            foreach (var name in isSsh ? [] : (string[])["sshKeyFile", "knownHostsFile"])
                Warn(auth, "git.auth", name, "`url` is not one of ssh");
            foreach (var name in isHttp ? [] : (string[])["tokenFile", "tokenUser"])
                Warn(auth, "git.auth", name, "`url` is not one of https");
            if (isHttp && auth.Given("tokenFile") is null)
                Warn(auth, "git.auth", "tokenUser", "there is no `tokenFile`");
        }

        if (Map(git, "verify") is not { } verify)
            return;
        var isSigned = (verify["mode"] as ScalarNode)?.Text == "signed";
        foreach (var name in isSigned ? [] : (string[])["tags", "allowRewind"])
            Warn(verify, "git.verify", name, "`mode` is not signed");
        var followsTags = Map(git, "ref") is { } followed && (followed.Given("tag") ?? followed.Given("semver")) is not null;
        if (isSigned && !followsTags)
            Warn(verify, "git.verify", "tags", "`ref` follows no tags");
    }

    private static MapNode? Map(MapNode parent, string name) => parent[name] as MapNode;

    private void Warn(MapNode map, string path, string name, string why)
    {
        if (map.Given(name) is not null && map.Find(name) is { } entry)
            problems.Warn(entry.KeyWhere, $"{path}.{name} has no effect: {why}", Remove);
    }
}
