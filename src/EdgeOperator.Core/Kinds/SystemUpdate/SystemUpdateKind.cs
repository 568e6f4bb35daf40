using EdgeOperator.Core.Kinds.SystemUpdate.Packages;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Definitions;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Reading;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Core.Kinds.SystemUpdate;

/// <summary>The device's own software.</summary>
internal sealed class SystemUpdateKind : Kind
{
    // A transaction takes its time, and going back half-way helps nobody.
    private static readonly TimeSpan LongestUpdate = TimeSpan.FromHours(1);

    public override string Name => KindNames.SystemUpdate;

    public override IReadOnlyList<string> ShortNames => ["update", "su"];

    internal override KindDefinition Definition => SystemUpdateDefinition.Kind;

    internal override Resource? Bind(ManifestBinding manifest)
    {
        var fields = manifest.Read(SystemUpdateJson.Default.SystemUpdateFields);
        var before = manifest.Problems.Count;
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (package, index) in fields.Packages.Select((package, index) => (package, index)))
        {
            var node = ((ListNode)manifest.Spec["packages"]!).Items[index];
            if (!known.Add(package.Name))
                manifest.Problems.Add(node.Where, $"spec.packages[{index}] names {package.Name} a second time", "keep one of them");
            if (package.State != PackagePresence.Present && !package.Rule.IsLatest)
                manifest.Problems.Add(node.Where, $"spec.packages[{index}]: `version` has no effect unless `state` is `present`", "leave one of them out");
        }

        return manifest.Problems.Count > before ? null : new SystemUpdateResource
        {
            Id = manifest.Id,
            Origin = manifest.Origin,
            HealthTimeout = LongestUpdate,
            Update = new()
            {
                Packages = fields.Packages,
                Security = fields.Security,
                Agent = fields.Agent?.Bind(),
                Window = fields.Window,
                DownloadWindow = fields.DownloadWindow,
                CheckInterval = fields.CheckInterval,
                HealthChecks = fields.HealthChecks,
                Reboot = fields.Reboot,
            },
        };
    }

    internal override IEnumerable<Claim> ClaimsOf(Resource resource, MapNode? spec)
    {
        var update = ((SystemUpdateResource)resource).Update;
        var packages = spec?["packages"]?.HasVariable == true ? [] : update.Packages.Select(package => new Claim($"package:{package.Name}", $"manage the package {package.Name}", "name it in one of them"));
        if (update.Security != SecurityUpdates.None)
            packages = packages.Append(new("security-updates", "bring security updates", "ask for them in one of them"));
        return update.Agent is null ? packages : packages.Append(new("agent", "say which version of edgeop the device runs", "keep one of them"));
    }

    internal override ObservedPart Part { get; } = ObservedPart.Of("updates", SystemUpdateJson.Default.ObservedUpdates);

    internal override KindPlanner CreatePlanner(PlanningContext context) => new SystemUpdatePlanner(context);

    internal override ReadinessReport Assess(Resource resource, PlanningContext context) => SystemUpdateReadiness.Assess((SystemUpdateResource)resource, context);

    internal override bool IsReadyForDependents(Resource resource, PlanningContext context) => SystemUpdateReadiness.IsCurrent((SystemUpdateResource)resource, context);
}
