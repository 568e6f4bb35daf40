using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace EdgeOperator.Functions.App;

/// <summary>Settings named <c>AzureFunctionsJobHost__a__b</c> (or with colons), which stand in for <c>a.b</c> of host.json.</summary>
internal static class SettingOverrides
{
    private static readonly string[] Separators = ["__", ":"];

    public static void Apply(JsonObject host, ImmutableSortedDictionary<string, string> settings)
    {
        foreach (var (name, value) in settings)
        {
            var path = name.Split(Separators, StringSplitOptions.None);
            if (path.Length > 1 && path[0].Equals("AzureFunctionsJobHost", StringComparison.OrdinalIgnoreCase))
            {
                Set(host, path.AsSpan(1), value);
            }
        }
    }

    private static void Set(JsonObject node, ReadOnlySpan<string> path, string value)
    {
        var wanted = path[0];
        var key = node.Select(p => p.Key).FirstOrDefault(k => k.Equals(wanted, StringComparison.OrdinalIgnoreCase)) ?? wanted;
        if (path.Length == 1)
        {
            node[key] = value;
            return;
        }

        if (node[key] is JsonArray list)
        {
            node[key] = new JsonObject(list.Select((item, i) => KeyValuePair.Create(i.ToString(), item?.DeepClone())));
        }

        if (node[key] is not JsonObject inner)
        {
            node[key] = inner = [];
        }

        Set(inner, path[1..], value);
    }
}
