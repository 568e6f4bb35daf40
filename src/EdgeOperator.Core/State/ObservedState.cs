using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Core.State;

/// <summary>What is on the device, read afresh in every pass. Each driver fills in its part.</summary>
public sealed record ObservedState
{
    public static ObservedState Nothing { get; } = new();

    public ObservedEngine Engine { get; init; } = new();

    /// <summary>By absolute path: every file that is desired or that the agent has written.</summary>
    public ImmutableSortedDictionary<string, ObservedConfigFile> Files { get; init; } =
        ImmutableSortedDictionary<string, ObservedConfigFile>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>By name: every function app that has files on the device or a host that runs.</summary>
    public ImmutableSortedDictionary<string, ObservedFunctionApp> Apps { get; init; } =
        ImmutableSortedDictionary<string, ObservedFunctionApp>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>By name: every virtual machine that is desired or that the agent has made.</summary>
    public ImmutableSortedDictionary<string, ObservedVirtualMachine> Machines { get; init; } =
        ImmutableSortedDictionary<string, ObservedVirtualMachine>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>By the machine's name: the container engine of every virtual machine whose guest has answered.</summary>
    public ImmutableSortedDictionary<string, ObservedEngine> GuestEngines { get; init; } =
        ImmutableSortedDictionary<string, ObservedEngine>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>By their types: what further kinds have observed.</summary>
    private ImmutableDictionary<Type, object> Parts { get; init; } = ImmutableDictionary<Type, object>.Empty;

    /// <summary>What a kind has observed; null when it has not.</summary>
    public T? Part<T>()
        where T : class => Parts.GetValueOrDefault(typeof(T)) as T;

    /// <summary>With what a kind has observed.</summary>
    public ObservedState With<T>(T part)
        where T : class => this with { Parts = Parts.SetItem(typeof(T), part) };
}
