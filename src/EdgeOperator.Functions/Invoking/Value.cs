using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace EdgeOperator.Functions.Invoking;

/// <summary>What goes into a function or comes out of it. The hierarchy is closed.</summary>
public abstract record Value
{
    private Value()
    {
    }

    public sealed record Text(string Content) : Value;

    public sealed record Json(JsonNode? Content) : Value;

    public sealed record Bytes(ReadOnlyMemory<byte> Content) : Value;

    /// <summary>Of an input whose blob or entity does not exist.</summary>
    public sealed record Missing : Value
    {
        public static readonly Missing Value = new();
    }

    /// <summary>What describes an object to a worker that opens it itself, as a client of Azure's SDK; <paramref name="Source"/> says which kind.</summary>
    public sealed record Model(string Source, JsonObject Content) : Value;

    /// <summary>The request of an <c>httpTrigger</c>.</summary>
    public sealed record Request(HttpInput Content) : Value;

    /// <summary>The answer of an <c>http</c> output.</summary>
    public sealed record Response(HttpOutput Content) : Value;
}

/// <param name="Url">Absolute, with the query.</param>
/// <param name="Parameters">From the route.</param>
/// <param name="Body">Null when the request has none.</param>
public sealed record HttpInput(
    string Method,
    string Url,
    ImmutableArray<KeyValuePair<string, string>> Headers,
    ImmutableArray<KeyValuePair<string, string>> Query,
    ImmutableSortedDictionary<string, string> Parameters,
    ReadOnlyMemory<byte>? Body);

/// <param name="Cookies">Values of <c>Set-Cookie</c> headers.</param>
public sealed record HttpOutput(
    int Status, ImmutableArray<KeyValuePair<string, string>> Headers, ImmutableArray<string> Cookies, ReadOnlyMemory<byte> Body);
