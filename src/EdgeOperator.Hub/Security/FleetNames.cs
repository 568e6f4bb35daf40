using EdgeOperator.Hub.Service;

namespace EdgeOperator.Hub.Security;

/// <summary>The names of the fleets that a role is limited to; null stands for no limit.</summary>
internal static class FleetNames
{
    private const int Most = 50;
    private const int LongestName = 253;

    /// <summary>What somebody has sent, in order and each once.</summary>
    /// <exception cref="ServiceException">A role without any fleet can't be meant, or a name is none.</exception>
    public static string[]? Checked(IReadOnlyList<string>? names)
    {
        if (names is null)
            return null;
        if (names.Count is 0 or > Most || names.Any(name => name.Length is 0 or > LongestName || name.Any(char.IsControl)))
            throw new ServiceException(ServiceError.ArgumentInvalid, $"fleets are 1 to {Most} names; leave them out for a role over all devices");
        return [.. names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>What both limits leave. No fleet at all may be left.</summary>
    public static IReadOnlyList<string>? Common(IReadOnlyList<string>? one, IReadOnlyList<string>? other) =>
        one is null ? other : other is null ? one : [.. one.Intersect(other, StringComparer.Ordinal)];
}
