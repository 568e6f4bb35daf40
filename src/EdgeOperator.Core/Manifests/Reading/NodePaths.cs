using System.Collections.Immutable;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>Ways into a document that has been checked.</summary>
internal static class NodePaths
{
    /// <summary>What stands under the keys, one inside of the other; null when one of them is missing or has no value.</summary>
    public static Node? At(this MapNode map, params ReadOnlySpan<string> keys)
    {
        Node? node = map;
        foreach (var key in keys)
            node = (node as MapNode)?.Given(key);
        return node;
    }

    /// <summary>The items of a list; none when there is no list.</summary>
    public static ImmutableArray<Node> ItemsAt(this MapNode map, params ReadOnlySpan<string> keys) => (map.At(keys) as ListNode)?.Items ?? [];

    /// <summary>Whether anything in it depends on a variable whose value is not known, so that it can't be compared with others.</summary>
    public static bool HasUnknown(this Node? node) => node switch
    {
        ScalarNode scalar => scalar.Kind == ScalarKind.Placeholder,
        ListNode list => list.Items.Any(HasUnknown),
        MapNode map => map.Entries.Any(entry => HasUnknown(entry.Value)),
        _ => false,
    };
}
