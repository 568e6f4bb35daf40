namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>Whether two resources of one device claim the same for themselves: a file, a port, an address.</summary>
internal static class ClaimCheck
{
    private const string FilePrefix = "file:";

    /// <param name="together">The devices that may have both; null when none can.</param>
    public static void Run(IEnumerable<ReadResource> resources, Func<ReadResource, ReadResource, DeviceClass?> together, ProblemCollector problems)
    {
        var taken = new Dictionary<string, List<(ReadResource Read, Claim Claim)>>(StringComparer.Ordinal);
        foreach (var read in resources.OrderBy(read => read.Resource.Id))
        {
            foreach (var claim in read.Claims)
            {
                if (!taken.TryGetValue(claim.Key, out var others))
                    taken.Add(claim.Key, others = []);
                foreach (var (other, _) in others.Where(other => other.Read.Resource.Id != read.Resource.Id && other.Claim.ClashesWith(claim)))
                {
                    if (together(read, other) is not { } devices)
                        continue;
                    problems.Add(read.Resource.Origin, $"{read.Resource.Id} and {other.Resource.Id} both {claim.Verb}{On(devices)}", $"{claim.Fix}; the other is at {other.Resource.Origin}");
                    break;
                }

                others.Add((read, claim));
            }
        }

        CheckFolders(taken, together, problems);
    }

    /// <summary>For a message: on which devices, unless on all.</summary>
    public static string On(DeviceClass devices) => devices.ToString() is { Length: > 0 } which ? $" on a device{which}" : "";

    /// <summary>What one resource writes as a file can't be the folder of another one's.</summary>
    private static void CheckFolders(
        Dictionary<string, List<(ReadResource Read, Claim Claim)>> taken, Func<ReadResource, ReadResource, DeviceClass?> together, ProblemCollector problems)
    {
        foreach (var (key, inner) in taken.Where(entry => entry.Key.StartsWith(FilePrefix, StringComparison.Ordinal)))
        {
            for (var end = key.LastIndexOf('/'); end > FilePrefix.Length; end = key.LastIndexOf('/', end - 1))
            {
                if (!taken.TryGetValue(key[..end], out var outer))
                    continue;
                var clash = inner.SelectMany(one => outer.Select(other => (One: one.Read, Other: other.Read, Devices: together(one.Read, other.Read)))).FirstOrDefault(pair => pair.Devices is not null);
                if (clash.Devices is { } devices)
                {
                    problems.Add(
                        clash.One.Resource.Origin,
                        $"{clash.One.Resource.Id} writes {key[FilePrefix.Length..]}, and {clash.Other.Resource.Id} writes a file in the place of its folder {key[FilePrefix.Length..end]}{On(devices)}",
                        $"give one of them another path; the other is at {clash.Other.Resource.Origin}");
                }
            }
        }
    }
}
