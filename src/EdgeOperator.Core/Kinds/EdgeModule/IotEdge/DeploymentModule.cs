using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds.EdgeModule.Compiling;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Kinds.EdgeModule.IotEdge;

/// <summary>Reads one module of a deployment manifest.</summary>
/// <param name="logConfig">The log configuration for modules that have none of their own.</param>
internal sealed class DeploymentModule(MapEntry entry, bool isSystem, JsonObject? logConfig, ProblemCollector problems)
{
    private static readonly string[] OfModule =
        ["version", "type", "status", "restartPolicy", "imagePullPolicy", "startupOrder", "settings", "env"];

    private static readonly string[] OfSettings = ["image", "createOptions", "imageHash"];

    private readonly string _name = entry.Key;
    private readonly Members _members = new(entry.Value, entry.Key, problems);

    /// <returns>Null when something is wrong, which is then among the problems.</returns>
    public EdgeModuleResource? Read()
    {
        var before = problems.Count;
        CheckName();
        if (entry.Value is not MapNode)
            return null;
        _members.Word("type", 0, ("docker", 0));
        var settings = _members.In("settings");
        WarnOfNames(settings);
        var spec = new EdgeModuleFields
        {
            Image = settings.Text("image")?.Trim() ?? "",
            ImagePullPolicy = _members.Word("imagePullPolicy", ImagePullPolicy.OnCreate, ("on-create", ImagePullPolicy.OnCreate), ("never", ImagePullPolicy.Never)),
            RestartPolicy = _members.Word(
                "restartPolicy", isSystem ? RestartPolicy.Always : RestartPolicy.OnUnhealthy,
                ("always", RestartPolicy.Always), ("on-unhealthy", RestartPolicy.OnUnhealthy), ("on-failure", RestartPolicy.OnFailed), ("never", RestartPolicy.Never)),
            Status = _members.Word("status", ModulePower.Running, ("running", ModulePower.Running), ("stopped", ModulePower.Stopped)),
            StartupOrder = StartupOrder(),
            Env = Env(),
        };
        var container = ContainerCompiler.Compile(_name, spec, SettingsNode(settings), () => Options(settings), problems);
        return container is null || problems.Count > before ? null : new()
        {
            Id = new(KindNames.EdgeModule, _name),
            Origin = entry.KeyWhere,
            Container = container,
        };
    }

    private void CheckName()
    {
        if (!EngineSyntax.IsContainerName(_name))
            problems.Add(entry.KeyWhere, $"{Quote.Short(_name)} can't name a container", "take at least two letters, digits, '_', '.' and '-', a letter or digit first");
    }

    /// <summary>A setting with a wrong name, or in the wrong place, would be overlooked.</summary>
    private void WarnOfNames(Members settings)
    {
        foreach (var (members, known, others, place) in ((Members, string[], string[], string)[])[(_members, OfModule, OfSettings, "settings"), (settings, OfSettings, OfModule, "the module itself")])
            foreach (var member in members.All.Where(member => !Knows(known, member.Key)))
            {
                if (others.Contains(NameOf(member.Key), StringComparer.OrdinalIgnoreCase))
                    problems.Warn(member.KeyWhere, $"{_name}: {Quote.Short(member.Key)} has no effect here", $"move it to {place}");
                else if (Spelling.Closest(member.Key, known) is { } close)
                    problems.Warn(member.KeyWhere, $"{_name}: {Quote.Short(member.Key)} is not known and has no effect", $"did you mean `{close}`?");
            }
    }

    private static bool Knows(string[] known, string name) => known.Contains(NameOf(name), StringComparer.OrdinalIgnoreCase);

    // Of createOptions01 and so on.
    private static string NameOf(string name) => name.StartsWith("createOptions", StringComparison.OrdinalIgnoreCase) ? name.TrimEnd("0123456789".ToCharArray()) : name;

    private MapNode SettingsNode(Members settings) => new(_members.Find("settings")?.KeyWhere ?? entry.KeyWhere, settings.All);

    private uint StartupOrder()
    {
        if (_members.Text("startupOrder") is not { } text || _members["startupOrder"] is ScalarNode { Kind: ScalarKind.Placeholder })
            return uint.MaxValue;
        if (uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var order))
            return order;
        problems.Add(_members["startupOrder"]!.Where, $"{_name}.startupOrder must be a whole number from 0 to {uint.MaxValue}, not {Quote.Short(text)}", "correct the value");
        return uint.MaxValue;
    }

    private ImmutableSortedDictionary<string, string> Env()
    {
        var env = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var variable in _members.In("env").All)
        {
            if (!EngineSyntax.IsVariable(variable.Key) || variable.Key.Contains('='))
                problems.Add(variable.KeyWhere, $"{Quote.Short(variable.Key)} can't name a variable", "take a name without '='");
            env[variable.Key] = (variable.Value as ScalarNode)?.Text ?? new Members(variable.Value, $"{_name}.env.{variable.Key}", problems).Text("value") ?? "";
        }
        return env.ToImmutable();
    }

    /// <summary>The module's create options, completed as edgeAgent does, which reads numbers for texts and texts for numbers too.</summary>
    private CreateOptions Options(Members settings)
    {
        var node = new ChunkedCreateOptions(_name, settings, problems).Read();
        var options = node is null ? CreateOptions.None(entry.KeyWhere) : CreateOptions.Read(node, convert: true, problems);
        Complete(options.Body);
        return options;
    }

    private void Complete(JsonObject body)
    {
        if (logConfig is not null && body.GetText("HostConfig", "LogConfig", "Type").Length == 0)
            body.MapAt("HostConfig")["LogConfig"] = logConfig.DeepClone();
        if (body.Get("NetworkingConfig", "EndpointsConfig") is null && body.GetText("HostConfig", "NetworkMode") is "" or "default" && !body.GetFlag("NetworkDisabled"))
            PlainFields.Join(body, [IotEdgeDeployment.DefaultNetwork], _name);
    }
}
