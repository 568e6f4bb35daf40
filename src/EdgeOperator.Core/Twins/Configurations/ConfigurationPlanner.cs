using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Twins.Configurations;

/// <summary>Decides what all configurations together make of one device. It depends on nothing but what it is given, and on no order of it.</summary>
public static class ConfigurationPlanner
{
    /// <summary>The last to be written of the modules: it makes the device start what the others are settings of.</summary>
    private const string EdgeAgent = Configuration.EdgeAgent;

    /// <param name="kinds">The kinds of manifests that a device's twin may hold.</param>
    /// <returns>The twins that have to change, in the order in which they are to be written; none when all is as it should be.</returns>
    public static ImmutableArray<ConfiguredTwin> Plan(IEnumerable<Configuration> configurations, ConfiguredDevice device, ManifestKinds kinds, DateTimeOffset now)
    {
        var all = configurations.ToArray();
        var edge = EdgeLayers.Of(device.IsEdge ? all.Where(c => c.Kind == ConfigurationKind.Edge && c.Condition.Matches(device.Device.Row)) : []);
        var writes = Modules(all, device, edge, edge.States, kinds, now);
        if (writes.Select(w => w.Problem).FirstOrDefault(p => p is not null) is { } problem)
        {
            // All of a deployment or nothing of it.
            var refused = edge.States.ToImmutableSortedDictionary(s => s.Key, s => s.Value.IsApplied ? ConfigurationState.NotApplied(problem) : s.Value, StringComparer.Ordinal);
            edge = new(null, refused);
            writes = Modules(all, device, edge, refused, kinds, now);
        }

        var own = SettingLayers.Of(all.Where(c => c.Kind == ConfigurationKind.Devices && c.Condition.Matches(device.Device.Row)));
        writes.Add(Write("", device.Device, null, own, edge.States, kinds, now));
        return [.. writes.Select(w => w.Twin).OfType<ConfiguredTwin>()];
    }

    private static List<(ConfiguredTwin? Twin, string? Problem)> Modules(
        Configuration[] all, ConfiguredDevice device, EdgeLayers edge, ImmutableSortedDictionary<string, ConfigurationState> states, ManifestKinds kinds, DateTimeOffset now)
    {
        var names = device.Modules.Keys.Concat(edge.Modules?.Keys ?? []).Distinct().OrderBy(n => n == EdgeAgent).ThenBy(n => n, StringComparer.Ordinal);
        return
        [
            .. names.Select(name =>
            {
                var view = device.Modules.GetValueOrDefault(name);
                var own = SettingLayers.Of(view is null ? [] : all.Where(c => c.Kind == ConfigurationKind.Modules && c.Condition.Matches(view.Row)));
                var shown = states.Where(s => name == EdgeAgent || all.Any(c => c.Id == s.Key && c.Kind == ConfigurationKind.Edge && c.Content.ContainsKey(name)));
                return Write(name, view, edge.Modules?.GetValueOrDefault(name), own, shown, kinds, now);
            }),
        ];
    }

    /// <param name="deployed">Desired properties by deployments; null leaves what is there.</param>
    /// <param name="own">By configurations for this twin.</param>
    /// <param name="deployments">What deployments have to do with the twin.</param>
    private static (ConfiguredTwin? Twin, string? Problem) Write(
        string module, TwinView? view, JsonObject? deployed, SettingLayers own, IEnumerable<KeyValuePair<string, ConfigurationState>> deployments, ManifestKinds kinds, DateTimeOffset now)
    {
        var before = view?.Twin ?? Twin.Initial;
        var (start, set) = deployed is null ? (before.Desired.Values, ConfigurationState.Read(before.Configurations).Values) : (deployed, []);
        var desired = own.SetIn(start, set);
        var written = Written(before, desired, now);
        if (module.Length == 0)
            written = written.Checked(before, kinds);
        if (written.Problem is { } problem)
        {
            var refused = own.States.ToImmutableSortedDictionary(s => s.Key, s => s.Value.IsApplied ? ConfigurationState.NotApplied(Words(problem)) : s.Value, StringComparer.Ordinal);
            var kept = Written(before, new SettingLayers([], refused).SetIn(start, set), now);
            if (kept.Problem is not null)
                return (null, module.Length == 0 ? Words(problem) : $"{module}: {Words(problem)}");
            (written, own) = (kept, new([], refused));
        }

        var twin = written.Twin! with { Configurations = ConfigurationState.Store(own.States.Concat(deployments)) };
        if (view is not null && written.Notification is null && JsonNode.DeepEquals(twin.Configurations, before.Configurations))
            return (null, null);
        return (new(module, view is null, before.Version, twin with { Version = before.Version + 1 }, written.Notification), null);
    }

    // Only what differs, so that a device is told of what is new and the rest keeps its metadata.
    private static TwinWriteResult Written(Twin before, JsonObject desired, DateTimeOffset now)
    {
        var changes = TwinMerge.Changes(before.Desired.Values, desired);
        return changes.Count == 0 ? new(before, null, null) : TwinWrite.Patch(before, null, changes, now);
    }

    private static string Words(TwinProblem problem) => $"the twin can't take it: {problem}";
}
