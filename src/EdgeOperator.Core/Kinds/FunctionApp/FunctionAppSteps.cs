using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol.Functions;

namespace EdgeOperator.Core.Kinds.FunctionApp;

/// <summary>Put a function app's package beside those that are there, dependencies included.</summary>
public sealed record InstallApp(ResourceId Resource, string Reason, FunctionPackage Package) : Fetch(Resource, Reason, Optional: false)
{
    public override string Id => $"install {Resource} {Package.Hash}";

    public override string? PackageHash => Package is FunctionPackage.Published published ? published.Hash : null;
}

/// <summary>
/// Have a function app's host, which is started if it does not run, serve the desired generation. Succeeds as soon as that is
/// asked for: whether it comes true is for the readiness to tell.
/// </summary>
/// <param name="Repair">What was asked for before did not last, or did not come true.</param>
/// <param name="Published">The published package that <paramref name="SpecHash"/> is about; null when the manifest alone says which.</param>
public sealed record ServeApp(ResourceId Resource, string Reason, string SpecHash, bool Repair = false, FunctionPackage.Published? Published = null) : Step(Resource, Reason)
{
    public override string Id => $"serve {Resource} {SpecHash}";

    public override string? PackageHash => Published?.Hash;

    public override bool IsRepair => Repair;
}

/// <summary>Have a function app's host finish what it does and end. Its queues and keys stay.</summary>
public sealed record StopApp(ResourceId Resource, string Reason) : Step(Resource, Reason)
{
    public override string Id => $"stop {Resource}";
}

/// <summary>Record how the deployment of a published package has ended: what failed is not tried again, and the one before it runs.</summary>
/// <param name="Package">The name that it was published under.</param>
/// <param name="Failure">Why it could not be put into service; null when it was.</param>
/// <param name="Functions">What is in service.</param>
public sealed record ConcludeDeployment(
    ResourceId Resource, string Reason, string Package, PublishedPackage Published, string? Failure, ImmutableArray<FunctionReport> Functions) : Step(Resource, Reason)
{
    public override string Id => $"conclude {Resource} {Published.Deployment} {Published.Sequence}";
}

/// <summary>Remove an installed package of a function app.</summary>
/// <param name="Package">Its hash.</param>
public sealed record RemoveGeneration(ResourceId Resource, string Reason, string Package) : Step(Resource, Reason)
{
    public override string Id => $"remove {Resource} {Package}";

    public override StepEffect Effect => StepEffect.Remove;
}
