using System.Collections.Immutable;

namespace EdgeOperator.Functions.App;

/// <summary>An app as it lies in a folder: what <c>host.json</c> and the functions say, checked. Holds nothing alive.</summary>
public sealed record FunctionApp
{
    public required string Name { get; init; }

    /// <summary>Absolute.</summary>
    public required string Folder { get; init; }

    public required HostSettings Host { get; init; }

    /// <summary>App settings: environment variables of the workers, and what <c>%NAME%</c> means.</summary>
    public required ImmutableSortedDictionary<string, string> Settings { get; init; }

    /// <summary><c>custom</c>, <c>node</c>, or the language of a worker.config.json.</summary>
    public required string Worker { get; init; }

    /// <summary>From function.json files; empty where the worker announces them.</summary>
    public ImmutableArray<FunctionDefinition> Functions { get; init; } = [];

    /// <summary>Functions that can't run, and why; the others do.</summary>
    public ImmutableArray<FunctionProblem> Problems { get; init; } = [];
}

/// <param name="Function">The function's name, or <c>host.json</c>.</param>
public sealed record FunctionProblem(string Function, string Message);

/// <summary>What an app can't be run at all with: the message says what, where and what to do.</summary>
public sealed class AppException(string message, Exception? inner = null) : Exception(message, inner);
