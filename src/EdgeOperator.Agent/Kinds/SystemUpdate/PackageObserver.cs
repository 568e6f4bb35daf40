using System.Collections.Concurrent;
using EdgeOperator.Agent.Kinds.SystemUpdate.Packages;
using EdgeOperator.Core.Kinds.SystemUpdate;

namespace EdgeOperator.Agent.Kinds.SystemUpdate;

/// <summary>What there is to do about packages. Asking apt takes a second, so it is asked again only when something has changed that its answer depends on.</summary>
internal sealed class PackageObserver(PackageTools tools, UpdateRecords records)
{
    private readonly PackageLook _look = new(tools, PackageWork.Saved);
    private readonly ConcurrentDictionary<string, (string Key, ObservedPackages Found)> _known = new(StringComparer.Ordinal);

    /// <param name="isWorking">Packages change right now, so that nothing that would be seen is worth a look.</param>
    public async Task<ObservedPackages> ObserveAsync(SystemUpdateResource resource, bool isWorking, CancellationToken cancellation)
    {
        var (name, record) = (resource.Id.Name, records.Current);
        if (!OperatingSystem.IsLinux() || !tools.Exist)
            return new() { Unavailable = $"there is no apt in {tools.Root}: packages can be managed on Debian and its derivatives only" };
        var known = _known.TryGetValue(name, out var before) ? before : (Key: "", Found: new());
        if (isWorking)
            return Complete(known.Found, name, record);

        var holding = record.Held.Where(held => held.Value == name).Select(held => held.Key).ToHashSet();
        var key = $"{resource.Update.PackagesHash} {string.Join(',', holding.Order(StringComparer.Ordinal))} {_look.Signature()}";
        if (known.Key != key)
        {
            try
            {
                _known[name] = known = (key, await _look.LookAsync(resource.Update, holding, cancellation));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return Complete(new() { Unavailable = e.Message }, name, record);
            }
        }

        return Complete(known.Found, name, record);
    }

    /// <summary>Of an update that nothing desires any more: what the agent still holds for it.</summary>
    public async Task<ObservedPackages> ObserveOrphanAsync(string name, CancellationToken cancellation)
    {
        var held = records.Current.Held.Where(one => one.Value == name).Select(one => one.Key);
        var installed = tools.Exist ? await InstalledPackages.ReadAsync(tools, cancellation) : [];
        return new() { Unhold = [.. held.Where(package => installed.GetValueOrDefault(package) is { IsHeld: true })] };
    }

    private static ObservedPackages Complete(ObservedPackages found, string name, UpdateRecord record) => found with
    {
        RefreshedAt = record.Refreshed.TryGetValue(name, out var at) ? at : null,
        RefreshedFor = record.RefreshedFor.GetValueOrDefault(name),
        AppliedHash = record.Applied.GetValueOrDefault(name),
    };
}
