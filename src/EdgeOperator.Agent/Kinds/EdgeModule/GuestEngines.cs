using System.Collections.Concurrent;
using System.Collections.Immutable;
using EdgeOperator.Agent.Engine;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Kinds.EdgeModule;

/// <summary>The engines inside of virtual machines, which come and go with the machines.</summary>
/// <param name="create">Creates the one of a machine and its engine's endpoint.</param>
internal sealed class GuestEngines(IGuests guests, Func<ObservedVirtualMachine, EngineEndpoint, GuestEngine> create) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, GuestEngine> _engines = new();
    private (Action<string> Changed, CancellationToken Cancellation)? _watch;

    /// <summary>By the machine's name: those that could be reached when somebody last looked, and have not gone for good since.</summary>
    public IEnumerable<KeyValuePair<string, GuestEngine>> Known => _engines;

    public GuestEngine? Find(string machine) => _engines.GetValueOrDefault(machine);

    /// <summary>Looks at all of them at once.</summary>
    /// <param name="machines">All that the device has or should have; the engines of others are disposed.</param>
    public async Task<ImmutableSortedDictionary<string, ObservedEngine>> ObserveAsync(
        ImmutableSortedDictionary<string, ObservedVirtualMachine> machines, DesiredState desired, CancellationToken cancellation)
    {
        foreach (var gone in _engines.Keys.Where(machine => !machines.ContainsKey(machine)))
        {
            await DropAsync(gone);
        }

        var seen = new List<(string Machine, Task<ObservedEngine> Engine)>();
        foreach (var (machine, found) in machines)
        {
            if (guests.EngineOf(found) is { } endpoint)
            {
                seen.Add((machine, (await GetAsync(found, endpoint)).ObserveAsync(desired, cancellation)));
            }
        }

        await Task.WhenAll(seen.Select(guest => guest.Engine));
        var engines = ImmutableSortedDictionary.CreateBuilder<string, ObservedEngine>(StringComparer.Ordinal);
        foreach (var (machine, engine) in seen)
        {
            engines.Add(machine, await engine);
        }

        return engines.ToImmutable();
    }

    /// <summary>Follows the events of all engines until cancelled, those included that come later.</summary>
    public void Watch(Action<string> changed, CancellationToken cancellation)
    {
        _watch = (changed, cancellation);
        foreach (var (machine, engine) in _engines)
        {
            Watch(machine, engine);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var machine in _engines.Keys)
        {
            await DropAsync(machine);
        }
    }

    private async Task<GuestEngine> GetAsync(ObservedVirtualMachine found, EngineEndpoint endpoint)
    {
        var machine = found.Name;
        if (_engines.TryGetValue(machine, out var known) && known.Endpoint.Description == endpoint.Description)
        {
            return known;
        }

        await DropAsync(machine);
        var engine = create(found, endpoint);
        if (!_engines.TryAdd(machine, engine))
        {
            await engine.DisposeAsync();
            return _engines[machine];
        }

        Watch(machine, engine);
        return engine;
    }

    private void Watch(string machine, GuestEngine engine)
    {
        if (_watch is { } watch)
        {
            engine.Watch(why => watch.Changed($"{machine}: {why}"), watch.Cancellation);
        }
    }

    private async Task DropAsync(string machine)
    {
        if (_engines.TryRemove(machine, out var engine))
        {
            await engine.DisposeAsync();
        }
    }
}
