using System.Text.Json.Serialization.Metadata;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Definitions;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Tests.Manifests.Schema;

public sealed class BindingTests
{
    /// <summary>What is read from the node itself, or by another type.</summary>
    private static readonly string[] NotBound = ["createOptions", "target", "deviceSelector", "twin", "cluster", .. CommonFields.All.Select(f => f.Name)];

    [Fact]
    public void Every_field_of_a_schema_has_a_property_that_it_binds_to()
    {
        Unbound(EdgeModuleDefinition.Kind.Spec, EdgeModuleJson.Default.EdgeModuleFields).Should().BeEmpty();
        Unbound(ConfigFileDefinition.Kind.Spec, ConfigFileJson.Default.ConfigFileFields).Should().BeEmpty();
        Unbound(AgentConfigurationDefinition.Kind.Spec, ManifestJson.Default.AgentFields).Should().BeEmpty();
        Unbound(CommonFields.DeviceSelector, ManifestJson.Default.DeviceSelector).Should().BeEmpty();
    }

    [Fact]
    public void Every_default_is_accepted_by_its_own_field()
    {
        foreach (var field in RegisteredKinds.All.Manifests.Definitions.SelectMany(k => Fields(k.Spec)).Where(f => f.DefaultNode is not null))
        {
            var problems = new ProblemCollector();

            field.Type.Read(field.DefaultNode!, new(field.Name, problems)).Should().NotBeNull();
            problems.Count.Should().Be(0);
        }
    }

    private static IEnumerable<string> Unbound(ObjectType type, JsonTypeInfo info)
    {
        foreach (var field in type.Fields.Where(f => !NotBound.Contains(f.Name)))
        {
            var property = info.Properties.FirstOrDefault(p => p.Name == field.Name);
            if (property is null)
                yield return $"{info.Type.Name}.{field.Name}";
            else if (field.Type is ObjectType inner)
                foreach (var unbound in Unbound(inner, info.Options.GetTypeInfo(property.PropertyType)))
                    yield return unbound;
        }
    }

    private static IEnumerable<Field> Fields(ObjectType type) =>
        type.Fields.SelectMany(f => f.Type is ObjectType inner ? Fields(inner).Prepend(f) : [f]);
}
