using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Definitions;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Reading;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Kinds.FunctionApp;

/// <summary>Azure Functions apps on the device.</summary>
internal sealed class FunctionAppKind : Kind
{
    public override string Name => KindNames.FunctionApp;

    public override IReadOnlyList<string> ShortNames => ["app", "fa"];

    internal override KindDefinition Definition => FunctionAppDefinition.Kind;

    internal override Resource? Bind(ManifestBinding manifest)
    {
        var fields = manifest.Read(FunctionAppJson.Default.FunctionAppFields);
        return FunctionAppBinder.Bind(fields, manifest.Spec, manifest.Files, manifest.File, manifest.Problems) is not { } app ? null : new FunctionAppResource
        {
            Id = manifest.Id,
            Origin = manifest.Origin,
            App = app,
        };
    }

    internal override IEnumerable<DataReference> DataOf(MapNode spec) =>
        (spec["package"] as ScalarNode ?? (spec["package"] as MapNode)?["path"]) is ScalarNode package ? [new(package.Text, IsFolder: true)] : [];

    internal override IEnumerable<Claim> ClaimsOf(Resource resource, MapNode? spec) =>
        resource is FunctionAppResource { App: { Port: > 0 } app } && spec?["http"]?.HasVariable != true ? [Claim.Port(app.Address, app.Port, "tcp", "http.port")] : [];

    internal override ObservedPart Part { get; } = ObservedPart.Of("publishedPackages", FunctionAppJson.Default.PublishedPackages);

    internal override ObservedState ForSnapshot(ObservedState observed) => observed with
    {
        Apps = observed.Apps.ToImmutableSortedDictionary(app => app.Key, app => app.Value with { Report = app.Value.Report is { } report ? WithoutNumbers(report) : null }, StringComparer.Ordinal),
    };

    internal override KindPlanner CreatePlanner(PlanningContext context) => new FunctionAppPlanner(context);

    internal override ReadinessReport Assess(Resource resource, PlanningContext context) =>
        FunctionAppReadiness.Assess((FunctionAppResource)resource, context.Observed);

    private static HostReport WithoutNumbers(HostReport report) => report with
    {
        Functions = [.. report.Functions.Select(function => function with { Invocations = 0, Failures = 0, LastInvocation = null, LastError = null })],
        Instances = [],
    };
}
