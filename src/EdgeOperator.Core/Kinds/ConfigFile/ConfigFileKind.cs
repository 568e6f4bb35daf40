using System.Text;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Definitions;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Reading;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Core.Kinds.ConfigFile;

/// <summary>Files on the device.</summary>
internal sealed class ConfigFileKind : Kind
{
    public override string Name => KindNames.ConfigFile;

    public override IReadOnlyList<string> ShortNames => ["file", "cf"];

    internal override KindDefinition Definition => ConfigFileDefinition.Kind;

    /// <summary>A file is there once it is written, even while it still waits for the restart of a module, which may itself depend on it.</summary>
    internal override bool IsReadyOnceApplied => true;

    internal override Resource? Bind(ManifestBinding manifest)
    {
        var fields = manifest.Read(ConfigFileJson.Default.ConfigFileFields);
        FilePathCheck.Run((ScalarNode)manifest.Spec["path"]!, manifest.Problems);
        return Content(fields, manifest) is not { } content ? null : new ConfigFileResource
        {
            Id = manifest.Id,
            Origin = manifest.Origin,
            File = new() { Path = fields.Path, Content = content, HoldsSecrets = HoldsSecrets(fields), Mode = Mode(fields, manifest), Owner = fields.Owner, OnChange = Action(fields.OnChange) },
        };
    }

    internal override IEnumerable<DataReference> DataOf(MapNode spec) =>
        spec["source"] is ScalarNode source ? [new(source.Text, IsFolder: false)] : [];

    internal override IEnumerable<Claim> ClaimsOf(Resource resource, MapNode? spec) =>
        ((ConfigFileResource)resource).File.Path is var path && path.Contains("${", StringComparison.Ordinal) ? [] : [Claim.File(path)];

    internal override KindPlanner CreatePlanner(PlanningContext context) => new ConfigFilePlanner(context);

    internal override ReadinessReport Assess(Resource resource, PlanningContext context) =>
        ConfigFileReadiness.Assess((ConfigFileResource)resource, context.Observed, context.Engines());

    /// <summary>
    /// A written file may be relied on even where its action is still to be run: the module to restart, or the machine that the
    /// module runs in, may itself depend on the file.
    /// </summary>
    internal override bool IsReadyForDependents(Resource resource, PlanningContext context) =>
        ConfigFileReadiness.IsWritten((ConfigFileResource)resource, context.Observed);

    /// <summary>In a file of the source, nothing is a reference.</summary>
    private static bool HoldsSecrets(ConfigFileFields fields) => fields.Content is not null && SecretReference.IsIn(fields.Content);

    private static int Mode(ConfigFileFields fields, ManifestBinding manifest) =>
        HoldsSecrets(fields) && manifest.Spec.Given("mode") is null ? ConfigFileSpec.PrivateMode : fields.Mode;

    private static ReadOnlyMemory<byte>? Content(ConfigFileFields fields, ManifestBinding manifest)
    {
        if (fields.Content is not null)
            return Encoding.UTF8.GetBytes(fields.Content);
        var source = (ScalarNode)manifest.Spec["source"]!;
        return source.Kind == ScalarKind.Placeholder ? ReadOnlyMemory<byte>.Empty : manifest.Files.Find(manifest.File, source, manifest.Problems)?.Content;
    }

    private static FileAction? Action(ConfigFileAction? action) => action switch
    {
        { ReloadUnit: { } unit } => new FileAction.ReloadUnit(unit),
        { RestartUnit: { } unit } => new FileAction.RestartUnit(unit),
        { RestartModule: { } module } => new FileAction.RestartModule(module),
        { Run: { } command } => new FileAction.Run(command),
        _ => null,
    };
}
