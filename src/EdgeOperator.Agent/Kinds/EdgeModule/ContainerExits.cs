using System.Collections.Concurrent;
using EdgeOperator.Core.Kinds.EdgeModule;

namespace EdgeOperator.Agent.Kinds.EdgeModule;

/// <summary>How the last runs of containers ended, as the engine's events tell: its state forgets that with the next start.</summary>
internal sealed class ContainerExits
{
    private const int MostContainers = 10_000;

    private readonly ConcurrentDictionary<string, Exit> _exits = new();

    /// <summary>The kernel killed a process of the container for want of memory; its end may follow.</summary>
    public void NoteOutOfMemory(string container) => Note(container, new(Code: null, OutOfMemory: true));

    /// <param name="code">The exit code, as an event has it.</param>
    public void NoteEnd(string container, string? code) => Note(
        container,
        new(int.TryParse(code, out var number) ? number : null, _exits.TryGetValue(container, out var known) && known is { Code: null, OutOfMemory: true }));

    /// <summary>The container with what is known of its last end, where the engine has forgotten it.</summary>
    public ObservedContainer Complete(ObservedContainer container)
    {
        if (container.RestartCount == 0 || !_exits.TryGetValue(container.Id, out var exit) || exit.Code is null)
            return container;
        return container.ExitCode is null
            ? container with { ExitCode = exit.Code, OutOfMemory = exit.OutOfMemory }
            : container with { OutOfMemory = container.OutOfMemory || (exit.OutOfMemory && exit.Code == container.ExitCode) };
    }

    /// <summary>Forgets containers that are no more.</summary>
    public void Retain(IReadOnlySet<string> containers)
    {
        foreach (var gone in _exits.Keys.Where(id => !containers.Contains(id)))
            _exits.TryRemove(gone, out _);
    }

    private void Note(string container, Exit exit)
    {
        if (_exits.Count < MostContainers || _exits.ContainsKey(container))
            _exits[container] = exit;
    }

    private sealed record Exit(int? Code, bool OutOfMemory);
}
