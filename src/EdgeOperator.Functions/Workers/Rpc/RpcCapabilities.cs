using System.Collections.Immutable;

namespace EdgeOperator.Functions.Workers.Rpc;

/// <summary>What a worker says it can do, as far as that makes a difference here.</summary>
internal sealed record RpcCapabilities
{
    /// <summary>Where requests go as they came; null where they go through the stream.</summary>
    public Uri? HttpUri { get; init; }

    /// <summary>With <see cref="HttpUri"/>: the stream has the route's parameters all the same.</summary>
    public bool RequiresRouteParameters { get; init; }

    /// <summary>Bodies are bytes, whatever their content type.</summary>
    public bool RawHttpBodyBytes { get; init; }

    /// <summary>The body is sent once, not a second time as it came.</summary>
    public bool RpcHttpBodyOnly { get; init; }

    /// <summary>Headers, query and parameters go to the fields that can tell empty from missing.</summary>
    public bool UseNullableValueDictionaryForHttp { get; init; }

    public bool IgnoreEmptyValuedRpcHttpHeaders { get; init; }

    public bool HandlesInvocationCancelMessage { get; init; }

    public bool HandlesWorkerTerminateMessage { get; init; }

    public bool SupportsLoadResponseCollection { get; init; }

    public static RpcCapabilities Read(IEnumerable<KeyValuePair<string, string>> capabilities)
    {
        var all = capabilities.ToImmutableDictionary(StringComparer.OrdinalIgnoreCase);
        return new()
        {
            HttpUri = Uri.TryCreate(all.GetValueOrDefault("HttpUri"), UriKind.Absolute, out var uri) ? uri : null,
            RequiresRouteParameters = Has("RequiresRouteParameters"),
            RawHttpBodyBytes = Has("RawHttpBodyBytes"),
            RpcHttpBodyOnly = Has("RpcHttpBodyOnly"),
            UseNullableValueDictionaryForHttp = Has("UseNullableValueDictionaryForHttp"),
            IgnoreEmptyValuedRpcHttpHeaders = Has("IgnoreEmptyValuedRpcHttpHeaders"),
            HandlesInvocationCancelMessage = Has("HandlesInvocationCancelMessage"),
            HandlesWorkerTerminateMessage = Has("HandlesWorkerTerminateMessage"),
            SupportsLoadResponseCollection = Has("SupportsLoadResponseCollection"),
        };

        // Present and not false: workers say "true", "True" or "1".
        bool Has(string name) => all.TryGetValue(name, out var value) && !value.Equals("false", StringComparison.OrdinalIgnoreCase);
    }
}
