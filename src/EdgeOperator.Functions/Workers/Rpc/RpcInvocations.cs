using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Http;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Workers.Rpc.Messages;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Workers.Rpc;

/// <summary>Calls and their results as the protocol has them.</summary>
internal static class RpcInvocations
{
    public static InvocationRequest From(Invocation invocation, string functionId, RpcCapabilities capabilities)
    {
        var request = new InvocationRequest
        {
            InvocationId = invocation.Id,
            FunctionId = functionId,
            TraceContext = new() { TraceParent = invocation.TraceParent ?? "", TraceState = invocation.TraceState ?? "" },
        };
        foreach (var (name, value) in invocation.Arguments)
        {
            request.InputData.Add(new ParameterBinding { Name = name, Data = RpcModelData.Of(invocation, name) ?? TypedValues.From(value, capabilities) });
        }

        foreach (var (name, value) in invocation.Metadata)
        {
            request.TriggerMetadata[name] = TypedValues.From(value);
        }

        if (invocation.Function.Retry is { } retry)
        {
            request.RetryContext = new() { RetryCount = invocation.RetryCount, MaxRetryCount = retry.MaximumRetries };
        }

        return request;
    }

    /// <summary>The call that goes with a request that the worker gets by HTTP itself: next to nothing, but what binds the two.</summary>
    public static InvocationRequest ForProxy(HttpContext context, FunctionDefinition function, string functionId, string invocationId, RpcCapabilities capabilities)
    {
        var http = new RpcHttp();
        var headers = new JsonObject(ReservedHeaders.Filter(context).GroupBy(h => h.Key, h => h.Value, StringComparer.OrdinalIgnoreCase)
            .Select(h => KeyValuePair.Create(h.Key, (JsonNode?)JsonValue.Create(string.Join(',', h)))));
        var query = new JsonObject(context.Request.Query.Select(q => KeyValuePair.Create(q.Key, (JsonNode?)JsonValue.Create(q.Value.ToString()))));
        var request = new InvocationRequest
        {
            InvocationId = invocationId,
            FunctionId = functionId,
            TraceContext = new() { TraceParent = context.Request.Headers.TraceParent.ToString() is { Length: > 0 } parent ? parent : TraceContext.New(), TraceState = context.Request.Headers.TraceState.ToString() },
            TriggerMetadata = { ["Headers"] = TypedValues.From(headers), ["Query"] = TypedValues.From(query) },
            InputData = { new ParameterBinding { Name = function.Trigger.Name, Data = new() { Http = http } } },
        };
        foreach (var (name, value) in context.Features.Get<ExtraInputs>()?.Values ?? ExtraInputs.None)
        {
            request.InputData.Add(new ParameterBinding { Name = name, Data = TypedValues.From(value, capabilities) });
        }

        foreach (var (name, value) in query.Where(q => !HttpBindingData.IsKey(q.Key)))
        {
            request.TriggerMetadata[name] = TypedValues.From(value);
        }

        foreach (var (name, value) in context.Request.RouteValues)
        {
            var text = value?.ToString() ?? "";
            request.TriggerMetadata[name] = new() { String = text };
            if (capabilities.RequiresRouteParameters)
            {
                http.Params[name] = text;
                http.NullableParams[name] = new() { Value = text };
            }
        }

        return request;
    }

    public static InvocationResult To(InvocationResponse response)
    {
        if (response.Result?.Status != StatusResult.Types.Status.Success)
        {
            return InvocationResult.Failed(RpcWorker.Words(response.Result));
        }

        var outputs = ImmutableSortedDictionary.CreateBuilder<string, Value>();
        foreach (var output in response.OutputData)
        {
            if (TypedValues.To(output.Data) is { } value)
            {
                outputs[output.Name] = value;
            }
        }

        return new(outputs.ToImmutable(), TypedValues.To(response.ReturnValue), null);
    }

    public static BindingInfo Describe(Binding binding)
    {
        var info = new BindingInfo
        {
            Type = binding.Type,
            Direction = binding.Direction switch
            {
                BindingDirection.Out => BindingInfo.Types.Direction.Out,
                BindingDirection.InOut => BindingInfo.Types.Direction.Inout,
                _ => BindingInfo.Types.Direction.In,
            },
            DataType = binding.Text("dataType")?.ToLowerInvariant() switch
            {
                "string" => BindingInfo.Types.DataType.String,
                "binary" => BindingInfo.Types.DataType.Binary,
                "stream" => BindingInfo.Types.DataType.Stream,
                _ => BindingInfo.Types.DataType.Undefined,
            },
        };
        if (binding.Properties["properties"] is JsonObject properties)
        {
            foreach (var (name, value) in properties)
            {
                info.Properties[name] = value?.ToString() ?? "";
            }
        }

        return info;
    }
}
