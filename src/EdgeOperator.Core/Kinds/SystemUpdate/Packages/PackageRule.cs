using System.Text.Json.Serialization;

namespace EdgeOperator.Core.Kinds.SystemUpdate.Packages;

public enum PackagePresence
{
    /// <summary>It is installed, in a version that is allowed.</summary>
    Present,

    /// <summary>It stays as it is: nobody but a person changes it.</summary>
    Held,

    /// <summary>It is not installed.</summary>
    Absent,
}

/// <summary>What is wanted of one package.</summary>
/// <param name="Version">See <see cref="VersionRule"/>.</param>
public sealed record PackageRule(string Name, string Version, PackagePresence State)
{
    /// <summary><see cref="Version"/>, read.</summary>
    [JsonIgnore]
    public VersionRule Rule => VersionRule.Parse(Version) ?? VersionRule.Latest;

    /// <summary>Whether apt and others are told to leave it at its version: one that is held or pinned to one version.</summary>
    [JsonIgnore]
    public bool IsHeld => State == PackagePresence.Held || (State == PackagePresence.Present && Rule.Exact is not null);
}
