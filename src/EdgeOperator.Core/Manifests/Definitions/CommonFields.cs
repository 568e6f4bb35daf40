using System.Collections.Immutable;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Manifests.Definitions;

/// <summary>What every device-side kind has under <c>spec</c>.</summary>
internal static class CommonFields
{
    public static ObjectType DeviceSelector { get; } = new(
        new("matchLabels", new MapType(Names.LabelKey, Names.LabelValue), "Labels that a device must have with just these values.") { Default = "{}" },
        new("matchExpressions", new ListType(Expression()), "Conditions on a device's labels, all of which must hold.") { Default = "[]" });

    public static ImmutableArray<Field> All { get; } =
    [
        new("deviceSelector", DeviceSelector, "The devices that are to have the resource, by their labels; absent means every device. Variables have no place here."),
        new("dependsOn", new ListType(ResourceReferenceType.Instance), "Resources, as `Kind/name`, that must be Ready before this one is touched.") { Default = "[]" },
        new("suspend", BooleanType.Instance, "Leave the resource as it is: no change, no repair, no prune.") { Default = "false" },
        new("healthTimeout", new DurationType(TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)), "How long this resource may take to become Ready, whatever others may; absent means the agent's deadline, or the longest time of what it depends on."),
    ];

    private static ObjectType Expression() => new(
        new("key", Names.LabelKeyText, "The label.") { Required = true },
        new("operator", new ChoiceType(Operator("In"), Operator("NotIn"), Operator("Exists"), Operator("DoesNotExist")), "`In` and `NotIn` compare with `values`; a device without the label is `NotIn`.") { Required = true },
        new("values", new ListType(Names.LabelValue, allowEmpty: false), "The values for `In` and `NotIn`."))
    {
        Rules = [new Rule.OnlyWhen("operator", ["In", "NotIn"], "values")],
    };

    private static Choice Operator(string word) => new(word, word);
}
