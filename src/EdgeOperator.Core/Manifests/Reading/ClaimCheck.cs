namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>Whether two resources of one device claim the same for themselves: a file, a port.</summary>
internal static class ClaimCheck
{
    public static void Run(ManifestKinds kinds, IEnumerable<Resource> resources, ProblemCollector problems)
    {
        var taken = new Dictionary<string, List<(Resource Resource, Claim Claim)>>(StringComparer.Ordinal);
        var claims = resources.SelectMany(resource => kinds.Of(resource).ClaimsOf(resource).Select(claim => (Resource: resource, Claim: claim)));

        // A clash is reported where it is the manifest's concern.
        foreach (var (resource, claim) in claims.OrderBy(claimed => !claimed.Claim.IsShared).ThenBy(claimed => claimed.Resource.Id))
        {
            if (!taken.TryGetValue(claim.Key, out var others))
                taken.Add(claim.Key, others = []);
            if (others.Find(other => other.Resource.Id != resource.Id && other.Claim.ClashesWith(claim)) is { Resource: { } other })
                problems.Add(resource.Origin, $"{resource.Id} and {other.Id} both {claim.Verb}", $"{claim.Fix}; the other is at {other.Origin}");
            others.Add((resource, claim));
        }
    }
}
