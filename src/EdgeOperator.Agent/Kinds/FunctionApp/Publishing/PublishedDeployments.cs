using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.State;
using EdgeOperator.Platform.Publishing;

namespace EdgeOperator.Agent.Kinds.FunctionApp.Publishing;

/// <summary>What has been published to this device: which package each app should run, and how its deployment ended.</summary>
internal sealed class PublishedDeployments(PublishStore store, TimeProvider time)
{
    /// <exception cref="IOException">The store can't be read.</exception>
    public ObservedState Observe(ObservedState observed, DesiredState desired)
    {
        var names = desired.Apps.Select(app => app.App.Package).OfType<FunctionPackage.Published>().Select(p => p.Name).Distinct().ToImmutableArray();

        // Before they are read: what is published meanwhile changes them again.
        var stamps = names.ToImmutableSortedDictionary(name => name, Stamp, StringComparer.Ordinal);
        var found = ImmutableSortedDictionary.CreateBuilder<string, PublishedPackage>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (store.Find(name)?.History().Target is { } target)
                found[name] = new(target.Deployment.Id, target.Deployment.Sequence, target.Deployment.Version, target.Result is not null);
        }

        return observed.With(new PublishedPackages(found.ToImmutable()) { Stamps = stamps });
    }

    /// <summary>The name of an app to which something was published since it was observed; null when there is none. Cheap.</summary>
    public string? ChangedSince(ObservedState observed) =>
        observed.Part<PublishedPackages>()?.Stamps.Where(s => Stamp(s.Key) != s.Value).Select(s => s.Key).FirstOrDefault();

    public string PackageFile(FunctionPackage.Published package) => (store.Find(package.Name) ?? throw new DirectoryNotFoundException($"nothing is published as {package.Name}")).PackageOf(package.Version!);

    /// <exception cref="IOException">The disk is full or failed.</exception>
    public void Conclude(ConcludeDeployment step) => store.Find(step.Package)?.Conclude(
        step.Published.Deployment,
        new(step.Published.Sequence, time.GetUtcNow(), step.Failure, [.. step.Functions.Select(f => new DeployedFunction(f.Name, f.Trigger, f.Url, f.Disabled))]));

    /// <summary>Records that the package to run can't be installed, unless another one has been published by now.</summary>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    public void Reject(FunctionPackage.Published package, string failure)
    {
        if (store.Find(package.Name) is { } app && app.History().Target is { Result: null } target && target.Deployment.Version == package.Version)
            app.Conclude(target.Deployment.Id, new(target.Deployment.Sequence, time.GetUtcNow(), failure, []));
    }

    private DateTime Stamp(string name) => store.Find(name)?.Stamp ?? default;
}
