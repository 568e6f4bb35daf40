using System.Collections.Immutable;

namespace EdgeOperator.Core.Fleets.Plans;

/// <summary>
/// Counts the plans of a fleet's devices, and puts those that are the same together. What it keeps does not grow with the number of devices.
/// </summary>
/// <param name="artifactSize">Bytes of the revision's artifact; null when devices fetch the revision themselves.</param>
public sealed class FleetPlanTally(long? artifactSize)
{
    private const string Artifact = "the revision's artifact";
    private const int MostGroups = 500;
    private const int MostShown = 100;
    private const int MostNames = 10;
    private const int MostSizes = 10_000;

    private readonly Dictionary<string, Group> _groups = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Counted> _unplanned = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _downloads = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _sizes = new(StringComparer.Ordinal);
    private int _devices;
    private int _changed;
    private int _invalid;
    private int _unknown;
    private int _restarts;
    private int _artifacts;
    private int _ungrouped;

    /// <summary>Notes how large an image is, by one of its names.</summary>
    public void Know(string image, long size)
    {
        if (size > 0 && (_sizes.Count < MostSizes || _sizes.ContainsKey(image)) && !image.StartsWith("sha256:", StringComparison.Ordinal))
            _sizes[image] = size;
    }

    public void Add(string device, DevicePlan plan)
    {
        _devices++;
        if (plan.IsInvalid)
            _invalid++;
        else if (!plan.Steps.IsEmpty)
            _changed++;
        _restarts += plan.Restarts;
        if (plan.NeedsArtifact)
            _artifacts++;
        foreach (var download in plan.Downloads)
            _downloads[download] = _downloads.GetValueOrDefault(download) + 1;
        var key = $"{plan.IsInvalid}\n{string.Join('\n', plan.Steps)}\0{string.Join('\n', plan.Problems)}";
        if (!_groups.TryGetValue(key, out var group))
        {
            if (_groups.Count == MostGroups)
            {
                _ungrouped++;
                return;
            }

            _groups[key] = group = new(plan);
        }

        group.Devices.Add(device);
    }

    /// <summary>A device that can't be planned for.</summary>
    public void AddUnplanned(string device, string reason)
    {
        _devices++;
        _unknown++;
        if (!_unplanned.TryGetValue(reason, out var counted))
            _unplanned[reason] = counted = new();
        counted.Add(device);
    }

    public FleetPlan Build()
    {
        var downloads = _downloads.Select(download => new PlannedDownload(download.Key, download.Value, _sizes.TryGetValue(download.Key, out var size) ? size : null)).ToList();
        if (artifactSize is { } bytes && _artifacts > 0)
            downloads.Insert(0, new(Artifact, _artifacts, bytes));
        var groups = _groups.Values.OrderByDescending(group => group.Devices.Count).ThenBy(group => group.Devices.Names.FirstOrDefault(), StringComparer.Ordinal).ToArray();
        return new(
            _devices, _changed, _devices - _changed - _invalid - _unknown, _invalid, _unknown, _restarts, downloads.Sum(download => download.Devices * (download.Size ?? 0)), [.. downloads],
            [.. groups.Take(MostShown).Select(group => new PlannedGroup(group.Devices.Count, [.. group.Devices.Names], group.Plan.IsInvalid, group.Plan.Restarts, group.Plan.Steps, group.Plan.Problems))],
            [.. _unplanned.Select(pair => new UnplannedGroup(pair.Key, pair.Value.Count, [.. pair.Value.Names]))])
        {
            OtherGroups = Math.Max(0, groups.Length - MostShown) + _ungrouped,
        };
    }

    private sealed record Group(DevicePlan Plan)
    {
        public Counted Devices { get; } = new();
    }

    private sealed class Counted
    {
        public int Count { get; private set; }

        /// <summary>The first ones, in whatever order they came.</summary>
        public SortedSet<string> Names { get; } = new(StringComparer.Ordinal);

        public void Add(string name)
        {
            Count++;
            Names.Add(name);
            if (Names.Count > MostNames)
                Names.Remove(Names.Max!);
        }
    }
}
