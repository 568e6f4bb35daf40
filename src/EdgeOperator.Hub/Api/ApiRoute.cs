using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Protocol.Hub;
using EdgeOperator.Hub.Rest;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Service;

namespace EdgeOperator.Hub.Api;

/// <summary>
/// Routes of the hub's own API, under <c>/api/v1</c>. What a handler takes and answers is read and written by its types, and the document
/// that describes the API is made of the same types.
/// </summary>
internal static class ApiRoute
{
    public const string Prefix = "api/v1/";

    /// <summary>A route that answers with a document.</summary>
    /// <param name="pattern">Below <c>/api/v1</c>, with names in braces.</param>
    public static ServiceRoute Get<TAnswer>(string pattern, string summary, Func<ServiceRequest, Task<TAnswer>> handle, params QueryParameter[] query)
        where TAnswer : notnull =>
        new("GET", Prefix + pattern, async request => await WriteAsync(request, await handle(request), StatusCodes.Status200OK))
        {
            Description = new(summary) { Answer = typeof(TAnswer), Query = query },
        };

    /// <summary>A route that takes a document and answers with one.</summary>
    /// <inheritdoc cref="Get"/>
    public static ServiceRoute Send<TBody, TAnswer>(
        string method, string pattern, string summary, Func<ServiceRequest, TBody, Task<TAnswer>> handle, int status = StatusCodes.Status200OK, params QueryParameter[] query)
        where TBody : notnull
        where TAnswer : notnull =>
        new(method, Prefix + pattern, async request => await WriteAsync(request, await handle(request, await ReadAsync<TBody>(request) ?? throw Missing()), status))
        {
            Description = new(summary) { Body = typeof(TBody), Answer = typeof(TAnswer), Status = status, Query = query },
        };

    /// <summary>A route to which a document may be given.</summary>
    /// <inheritdoc cref="Get"/>
    public static ServiceRoute Offer<TBody, TAnswer>(string method, string pattern, string summary, Func<ServiceRequest, TBody?, Task<TAnswer>> handle)
        where TBody : class
        where TAnswer : notnull =>
        new(method, Prefix + pattern, async request => await WriteAsync(request, await handle(request, await ReadAsync<TBody>(request)), StatusCodes.Status200OK))
        {
            Description = new(summary) { Body = typeof(TBody), IsBodyOptional = true, Answer = typeof(TAnswer) },
        };

    /// <summary>A route that takes nothing and answers with nothing.</summary>
    /// <inheritdoc cref="Get"/>
    public static ServiceRoute Do(string method, string pattern, string summary, Func<ServiceRequest, Task> handle) => new(method, Prefix + pattern, async request =>
    {
        await handle(request);
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    })
    {
        Description = new(summary) { Status = StatusCodes.Status204NoContent },
    };

    /// <summary>A route that writes its answer itself, as it comes.</summary>
    /// <inheritdoc cref="Get"/>
    public static ServiceRoute Stream(string pattern, string summary, string contentType, Func<ServiceRequest, Task> handle, params QueryParameter[] query) =>
        new("GET", Prefix + pattern, handle) { Description = new(summary) { ContentType = contentType, Query = query } };

    /// <summary>A number in the query.</summary>
    /// <exception cref="ServiceException">It is none, or out of range.</exception>
    public static long Number(ServiceRequest request, string name, long absent, long least, long most)
    {
        var text = request.Http.Request.Query[name].ToString();
        if (text.Length == 0)
            return absent;
        return long.TryParse(text, out var number) && number >= least && number <= most
            ? number
            : throw new ServiceException(ServiceError.ArgumentInvalid, $"{name} is not a whole number from {least} to {most}");
    }

    /// <summary>True or false in the query; false when it is left out.</summary>
    /// <exception cref="ServiceException">It is neither.</exception>
    public static bool Flag(ServiceRequest request, string name) => Text(request, name) switch
    {
        null or "false" => false,
        "true" => true,
        var text => throw new ServiceException(ServiceError.ArgumentInvalid, $"{name} can't be '{text}': write true or false"),
    };

    /// <returns>Null for none.</returns>
    public static string? Text(ServiceRequest request, string name) => request.Http.Request.Query[name].ToString() is { Length: > 0 } text ? text : null;

    private static Task WriteAsync<T>(ServiceRequest request, T answer, int status) =>
        request.WriteAsync(JsonSerializer.SerializeToNode(answer, ApiJson.Options)!, status);

    private static async Task<T?> ReadAsync<T>(ServiceRequest request)
    {
        var bytes = await request.BytesAsync();
        if (bytes.Length == 0)
            return default;
        try
        {
            // Names twice, and texts that are no Unicode, are refused here.
            if (StrictJson.Parse(bytes) is not JsonObject body)
                throw new ServiceException(ServiceError.IotHubFormatError, "the body is not a JSON object");
            if (ApiJson.Options.GetTypeInfo(typeof(T)).Properties.FirstOrDefault(p => p.IsRequired && body[p.Name] is null) is { } missing)
                throw new ServiceException(ServiceError.ArgumentInvalid, $"'{missing.Name}' is missing");
            return body.Deserialize<T>(ApiJson.Options);
        }
        catch (JsonException e)
        {
            throw new ServiceException(ServiceError.IotHubFormatError, e.Path is { Length: > 0 } path ? $"the body is not as it has to be, at {path}" : $"the body is not valid JSON: {e.Message}");
        }
    }

    private static ServiceException Missing() => new(ServiceError.IotHubFormatError, "the body is not a JSON object");
}
