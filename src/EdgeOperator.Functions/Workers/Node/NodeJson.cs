using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace EdgeOperator.Functions.Workers.Node;

/// <summary>What a worker tells on its standard output.</summary>
internal sealed record NodeRecord
{
    public string Type { get; init; } = "";

    public string? Message { get; init; }

    /// <summary>Of a log line: <c>trace</c> … <c>critical</c>.</summary>
    public string? Level { get; init; }

    /// <summary><c>user</c>, <c>system</c>, or <c>failure</c> for what a function threw.</summary>
    public string? Category { get; init; }

    public string? Id { get; init; }

    public string? Function { get; init; }

    public ImmutableArray<NodeFunction>? Functions { get; init; }

    /// <summary>Of the announcement: whether the app takes requests and writes answers itself.</summary>
    public bool Streams { get; init; }
}

internal sealed record NodeFunction(string Name, ImmutableArray<JsonObject> Bindings, NodeRetry? Retry);

/// <summary>Times in seconds.</summary>
internal sealed record NodeRetry(string? Strategy, int MaxRetryCount, double? Delay, double? Minimum, double? Maximum);

internal sealed record NodeCall
{
    public required string Id { get; init; }

    public required string Function { get; init; }

    /// <summary>Whether the request comes beside, as its client sent it, and <see cref="Inputs"/> are the others alone.</summary>
    public bool IsForwarded { get; init; }

    public required ImmutableArray<NodeInput> Inputs { get; init; }

    public required ImmutableSortedDictionary<string, NodeData> Metadata { get; init; }

    public string? TraceParent { get; init; }

    public string? TraceState { get; init; }

    public int? RetryCount { get; init; }

    public int? MaxRetryCount { get; init; }
}

internal sealed record NodeInput(string Name, NodeData Data);

internal sealed record NodeResult
{
    public ImmutableSortedDictionary<string, NodeData> Outputs { get; init; } = ImmutableSortedDictionary<string, NodeData>.Empty;

    public NodeData? Value { get; init; }

    public string? Error { get; init; }
}

/// <summary>One of them is set; none for the JSON value null.</summary>
internal sealed record NodeData
{
    public string? Text { get; init; }

    public JsonNode? Json { get; init; }

    public ReadOnlyMemory<byte>? Bytes { get; init; }

    public NodeHttp? Http { get; init; }
}

/// <summary>A request or an answer.</summary>
internal sealed record NodeHttp
{
    public string? Method { get; init; }

    public string? Url { get; init; }

    public int? Status { get; init; }

    public ImmutableArray<string[]> Headers { get; init; } = [];

    public ImmutableSortedDictionary<string, string>? Params { get; init; }

    public ReadOnlyMemory<byte>? Body { get; init; }
}

/// <summary>A script of a function.json for the worker to load.</summary>
internal sealed record NodeScriptFile(string Name, string Script, string? EntryPoint, ImmutableSortedDictionary<string, JsonObject> Bindings);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NodeRecord))]
[JsonSerializable(typeof(NodeCall))]
[JsonSerializable(typeof(NodeResult))]
[JsonSerializable(typeof(ImmutableArray<NodeScriptFile>))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class NodeJson : JsonSerializerContext;
