using System.Collections.Immutable;

namespace EdgeOperator.Functions.Workers.Processes;

/// <summary>How a worker's process is started.</summary>
public sealed record ProcessSettings
{
    /// <summary>A path, or a name that is looked for on the PATH.</summary>
    public required string Executable { get; init; }

    public ImmutableArray<string> Arguments { get; init; } = [];

    public required string WorkingDirectory { get; init; }

    /// <summary>All of it: nothing is inherited besides. <see cref="WorkerEnvironment"/> makes it.</summary>
    public required ImmutableSortedDictionary<string, string> Environment { get; init; }
}
