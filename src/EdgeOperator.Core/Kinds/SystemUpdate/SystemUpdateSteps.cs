using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Core.Kinds.SystemUpdate;

/// <summary>Fetch the lists of what repositories have.</summary>
public sealed record RefreshPackages(ResourceId Resource, string Reason) : Step(Resource, Reason)
{
    public override string Id => $"refresh packages {Resource}";

    public override StepEffect Effect => StepEffect.Wait;
}

/// <summary>Fetch packages, and those by which to go back. Nothing is changed.</summary>
/// <param name="ChangesHash">See <see cref="ObservedPackages.ChangesHash"/>.</param>
public sealed record DownloadPackages(ResourceId Resource, string Reason, string ChangesHash) : Step(Resource, Reason)
{
    public override string Id => $"download packages {Resource}";

    public override string? PackageHash => ChangesHash;

    public override StepEffect Effect => StepEffect.Wait;
}

/// <summary>Change packages as one transaction, or go on with the one that is under way.</summary>
/// <param name="ChangesHash">See <see cref="ObservedPackages.ChangesHash"/>.</param>
/// <param name="Override">Why its window does not count; null when it does.</param>
public sealed record ApplyPackages(ResourceId Resource, string Reason, string ChangesHash, string? Override = null) : Step(Resource, Reason)
{
    public override string Id => $"update packages {Resource}";

    public override string? PackageHash => ChangesHash;
}

/// <summary>Release the packages that the agent holds for nothing any more.</summary>
public sealed record ReleasePackages(ResourceId Resource, string Reason) : Step(Resource, Reason)
{
    public override string Id => $"release packages {Resource}";

    public override StepEffect Effect => StepEffect.Remove;
}
