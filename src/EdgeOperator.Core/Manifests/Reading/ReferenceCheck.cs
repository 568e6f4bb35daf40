using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>Whether the other resources exist that manifests name elsewhere than in <c>dependsOn</c>.</summary>
internal static class ReferenceCheck
{
    public static void Run(IReadOnlyDictionary<ResourceId, ReadResource> resources, RenderContext context, ProblemCollector problems)
    {
        foreach (var (id, read) in resources)
        {
            foreach (var reference in read.References.Where(reference => !resources.ContainsKey(reference.Target)))
            {
                var fix = Spelling.Closest(reference.Target.Name, resources.Keys.Where(other => other.Kind == reference.Target.Kind).Select(other => other.Name)) is { } close
                    ? $"did you mean `{close}`?"
                    : $"add it, or {reference.Otherwise}";

                // Which resources some device has is known for none but a given one.
                if (context.Device is null)
                    problems.Warn(reference.Where, $"{id} {reference.Verb} {reference.Target}, which is not among these manifests", fix);
                else
                    problems.Add(reference.Where, $"{id} {reference.Verb} {reference.Target}, which is not desired on this device", fix);
            }
        }
    }
}
