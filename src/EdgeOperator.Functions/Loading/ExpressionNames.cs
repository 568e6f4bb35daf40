using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Blobs;
using EdgeOperator.Functions.Invoking;

namespace EdgeOperator.Functions.Loading;

/// <summary>
/// Whether a trigger will know what the binding expressions of the other bindings name. Requests and messages may bring any name; of
/// others all names are known before anything runs.
/// </summary>
internal static class ExpressionNames
{
    /// <exception cref="FormatException">An expression names what the trigger never knows.</exception>
    public static void Check(ImmutableArray<Binding> bindings)
    {
        var trigger = bindings.First(b => b.IsTrigger);
        if (KnownTo(trigger) is not { } known)
        {
            return;
        }

        foreach (var binding in bindings.Where(b => !b.IsTrigger))
        {
            var unknown = binding.Properties.Select(p => p.Value).OfType<JsonValue>()
                .SelectMany(v => v.TryGetValue<string>(out var text) ? BindingExpression.NamesIn(text) : [])
                .FirstOrDefault(name => !known.Contains(name, StringComparer.OrdinalIgnoreCase));
            if (unknown is not null)
            {
                throw new FormatException($"The binding {binding.Name} names {{{unknown}}}, which a {trigger.Type} does not know; it knows {string.Join(", ", known)}, datetime and rand-guid");
            }
        }
    }

    /// <returns>Null when the trigger may bring any name.</returns>
    private static ImmutableArray<string>? KnownTo(Binding trigger) => trigger.Type.ToUpperInvariant() switch
    {
        "TIMERTRIGGER" => ["sys", "Schedule", "ScheduleStatus", "IsPastDue"],
        // A blob that is bound as text may be a JSON object with any properties.
        "BLOBTRIGGER" when !"string".Equals(trigger.Text("dataType"), StringComparison.OrdinalIgnoreCase) =>
            [.. BlobPattern.Parse(BlobPath.TextOf(trigger) ?? "").Names, "sys", "BlobTrigger", "Uri", "Properties", "Metadata"],
        _ => null,
    };
}
