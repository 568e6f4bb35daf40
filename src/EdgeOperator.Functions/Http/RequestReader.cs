using System.Buffers;
using System.Collections.Immutable;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Http.Routing;
using EdgeOperator.Functions.Invoking;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace EdgeOperator.Functions.Http;

/// <summary>Makes the call of a function from a request.</summary>
internal static class RequestReader
{
    /// <exception cref="BadHttpRequestException">The body is too long, or cut short, or there is no room for it now.</exception>
    public static async Task<Invocation> ReadAsync(HttpContext context, RouteMatch match, string id, BufferedBodies.Lease held, CancellationToken cancellation) =>
        Call(context, match.Route.Function, match.Values, id, HasBody(context) ? await ReadBodyAsync(context.Request, held, cancellation) : null);

    /// <summary>The call of a request that a worker gets by HTTP: without its body, which is the worker's to read.</summary>
    public static Invocation Forwarded(HttpContext context, FunctionDefinition function, string id) => Call(context, function, context.Request.RouteValues, id, null);

    private static Invocation Call(HttpContext context, FunctionDefinition function, RouteValueDictionary values, string id, ReadOnlyMemory<byte>? body)
    {
        var request = context.Request;
        var input = new HttpInput(
            request.Method,
            request.GetEncodedUrl(),
            [.. ReservedHeaders.Filter(context)],
            [.. request.Query.SelectMany(q => q.Value, (q, value) => KeyValuePair.Create(q.Key, value ?? ""))],
            values.ToImmutableSortedDictionary(v => v.Key, v => v.Value?.ToString() ?? "", StringComparer.OrdinalIgnoreCase),
            body);
        return new(
            id,
            function,
            ImmutableSortedDictionary<string, Value>.Empty.Add(function.Trigger.Name, new Value.Request(input)),
            HttpBindingData.Of(input))
        {
            TraceParent = First(request.Headers.TraceParent),
            TraceState = First(request.Headers.TraceState),
            CallerGone = context.RequestAborted,
        };
    }

    public static bool HasBody(HttpContext context) =>
        context.Request.ContentLength is > 0
        || context.Request.ContentLength is null && context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true;

    private static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpRequest request, BufferedBodies.Lease held, CancellationToken cancellation)
    {
        var body = new ArrayBufferWriter<byte>((int)Math.Clamp(request.ContentLength ?? 0, 256, 1024 * 1024));
        while (true)
        {
            var read = await ReadPartAsync(request, cancellation);
            var length = read.Buffer.Length;
            foreach (var part in read.Buffer)
                body.Write(part.Span);

            request.BodyReader.AdvanceTo(read.Buffer.End);
            held.Take(length);
            if (read.IsCompleted)
                return body.WrittenMemory;
        }
    }

    private static async ValueTask<System.IO.Pipelines.ReadResult> ReadPartAsync(HttpRequest request, CancellationToken cancellation)
    {
        try
        {
            return await request.BodyReader.ReadAsync(cancellation);
        }
        catch (IOException broken) when (broken is not BadHttpRequestException)
        {
            // A reset, or chunks that Kestrel can't count.
            throw new BadHttpRequestException("the request's body broke off, or is malformed", broken);
        }
    }

    private static string? First(Microsoft.Extensions.Primitives.StringValues values) => values.Count > 0 ? values[0] : null;
}
