namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>Whether one source defines a resource twice for some device.</summary>
internal static class DuplicateCheck
{
    /// <param name="definitions">Of one source, in the order of its files.</param>
    public static void Run(IEnumerable<ReadResource> definitions, ProblemCollector problems)
    {
        foreach (var same in definitions.GroupBy(read => read.Resource.Id))
        {
            var before = new List<ReadResource>();
            foreach (var read in same)
            {
                if (before.Select(other => (Other: other, Devices: read.Intersect(other))).FirstOrDefault(pair => pair.Devices is not null) is { Devices: { } devices, Other: var first })
                    problems.Add(read.Resource.Origin, $"{read.Resource.Id} is defined twice{ClaimCheck.On(devices)}", $"remove or rename one of them; the first is at {first.Resource.Origin}");
                before.Add(read);
            }
        }
    }
}
