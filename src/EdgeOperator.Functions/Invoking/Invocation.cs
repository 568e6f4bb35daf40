using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Invoking;

/// <summary>One call of a function.</summary>
/// <param name="Id">A GUID in lower case with dashes.</param>
/// <param name="Inputs">By binding name; the trigger's is among them.</param>
/// <param name="Metadata">The trigger's metadata, such as a queue message's <c>DequeueCount</c>.</param>
public sealed record Invocation(
    string Id, FunctionDefinition Function, ImmutableSortedDictionary<string, Value> Inputs, JsonObject Metadata)
{
    /// <summary>The inputs, the trigger's first and the others in the order of their bindings: so older Node.js functions get them as arguments.</summary>
    public IEnumerable<KeyValuePair<string, Value>> Arguments =>
        Function.Bindings.OrderByDescending(b => b.IsTrigger).Where(b => Inputs.ContainsKey(b.Name)).Select(b => KeyValuePair.Create(b.Name, Inputs[b.Name]));

    /// <summary>W3C trace context; null for none.</summary>
    public string? TraceParent { get; init; }

    public string? TraceState { get; init; }

    /// <summary>0 for the first attempt.</summary>
    public int RetryCount { get; init; }

    /// <summary>Cancelled when the caller does not wait for the result any more. The function is notified, and may run to its end all the same.</summary>
    public CancellationToken CallerGone { get; init; }

    // Unique is enough; what can't be guessed takes a system call.
    public static string NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        Random.Shared.NextBytes(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }
}

/// <param name="Outputs">By binding name.</param>
/// <param name="ReturnValue">What <c>$return</c> gets.</param>
/// <param name="Error">Null for success.</param>
public sealed record InvocationResult(ImmutableSortedDictionary<string, Value> Outputs, Value? ReturnValue, string? Error)
{
    public ImmutableArray<InvocationLog> Logs { get; init; } = [];

    public bool Succeeded => Error is null;

    /// <summary>Without outputs.</summary>
    public static InvocationResult Success { get; } = new(ImmutableSortedDictionary<string, Value>.Empty, null, null);

    /// <summary>Of a function that says nothing but its answer to a request.</summary>
    /// <param name="isGood">The status was below 500, and the whole answer was passed on.</param>
    public static InvocationResult OfAnswer(bool isGood, int status) => isGood ? Success : Failed($"the answer was {status}, or broke off");

    public static InvocationResult Failed(string error) => new(ImmutableSortedDictionary<string, Value>.Empty, null, error);
}

public sealed record InvocationLog(LogLevel Level, string Message);
