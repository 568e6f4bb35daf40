using System.Collections.Immutable;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Kinds.FunctionApp;

/// <summary>What has been published to the device, by the names that manifests give to it.</summary>
public sealed record PublishedPackages(ImmutableSortedDictionary<string, PublishedPackage> Packages)
{
    /// <summary>By each name that is desired, the time of the last change of what is published under it, read before that was; the default where nothing is.</summary>
    public ImmutableSortedDictionary<string, DateTime> Stamps { get; init; } = ImmutableSortedDictionary<string, DateTime>.Empty;

    /// <summary>The package to run for a name; null when nothing has been published, or nothing that could be put into service.</summary>
    public static PublishedPackage? Of(string name, ObservedState observed) => observed.Part<PublishedPackages>()?.Packages.GetValueOrDefault(name);

    /// <summary>An app with the package to run, if that is not said by its manifest alone.</summary>
    /// <returns>Null when there is no such package yet.</returns>
    public static FunctionAppResource? Resolve(FunctionAppResource app, ObservedState observed) =>
        app.App.Package is not FunctionPackage.Published { Version: null } package ? app
        : Of(package.Name, observed) is { } published ? With(app, package with { Version = published.Version })
        : null;

    /// <summary>What the host of an app says of a deployment that is not concluded yet.</summary>
    /// <returns>Null while that is open, or there is no such deployment.</returns>
    public static DeploymentOutcome? OutcomeOf(FunctionAppResource desired, ObservedState observed)
    {
        if (desired.App.Package is not FunctionPackage.Published { Name: var name } || Of(name, observed) is not { IsConcluded: false } published || Resolve(desired, observed) is not { } app
            || observed.Apps.GetValueOrDefault(app.Id.Name) is not { Report: { } report } found || found.Requested != app.SpecHash || report.Wanted != app.SpecHash)
            return null;
        return report.Failure is not null || report.Serving == app.SpecHash ? new(name, published, report.Failure, report.Functions) : null;
    }

    /// <summary>What a pass still has to do about an app's published package, such as going back after a deployment that failed; the same text for the same work.</summary>
    /// <returns>Null for nothing.</returns>
    public static string? DueFor(FunctionAppResource desired, ObservedState observed)
    {
        if (desired.App.Package is not FunctionPackage.Published || desired.Suspend)
            return null;
        if (OutcomeOf(desired, observed) is { } outcome)
            return $"{outcome.Published.Deployment} {outcome.Published.Sequence}";
        return Resolve(desired, observed) is { } app && observed.Apps.GetValueOrDefault(app.Id.Name)?.Requested != app.SpecHash ? app.SpecHash : null;
    }

    public static FunctionAppResource With(FunctionAppResource app, FunctionPackage package) => app with { App = app.App with { Package = package } };
}

/// <param name="Name">The name that it was published under.</param>
/// <param name="Failure">Why it can't be loaded; null when it is served.</param>
public sealed record DeploymentOutcome(string Name, PublishedPackage Published, string? Failure, ImmutableArray<FunctionReport> Functions);

/// <summary>The published package to run.</summary>
/// <param name="Deployment">The id of its deployment.</param>
/// <param name="Sequence">Of the request for it: the same deployment may be asked for again.</param>
/// <param name="Version">The SHA-256 of its zip file.</param>
/// <param name="IsConcluded">Whether it is known that it was put into service.</param>
public sealed record PublishedPackage(string Deployment, long Sequence, string Version, bool IsConcluded);
