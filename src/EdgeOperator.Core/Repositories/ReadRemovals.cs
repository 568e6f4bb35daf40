using System.Globalization;

namespace EdgeOperator.Core.Repositories;

/// <summary>What a read of a repository would take away, beside what there is.</summary>
/// <param name="Fleets">Fleets of the repository now.</param>
/// <param name="RemovedFleets">Those that the read does not have.</param>
/// <param name="Devices">Devices in these fleets now.</param>
/// <param name="ReleasedDevices">Those that would be in none of them.</param>
public sealed record ReadRemovals(int Fleets, IReadOnlyCollection<string> RemovedFleets, int Devices, int ReleasedDevices)
{
    /// <summary>In percent: what takes away more is to be approved.</summary>
    public const int MostUnapproved = 30;

    public static ReadRemovals None { get; } = new(0, [], 0, 0);

    /// <summary>Why somebody has to approve it; null when nobody has to.</summary>
    public string? ApprovalReason => IsOver(RemovedFleets.Count, Fleets) || IsOver(ReleasedDevices, Devices)
        ? string.Create(CultureInfo.InvariantCulture, $"it would remove {RemovedFleets.Count} of {Fleets} fleets{Names} and take {ReleasedDevices} of {Devices} devices out of them, and at most {MostUnapproved} % of either go without approval")
        : null;

    private string Names => RemovedFleets.Count == 0 ? "" : $" ({string.Join(", ", RemovedFleets.Order(StringComparer.Ordinal).Take(5))}{(RemovedFleets.Count > 5 ? ", …" : "")})";

    private static bool IsOver(int removed, int all) => removed * 100L > (long)all * MostUnapproved;
}
