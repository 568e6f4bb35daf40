using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Http;

/// <summary>Answers and bodies in JSON.</summary>
internal static class JsonAnswer
{
    private const string Type = "application/json; charset=utf-8";

    public static Task WriteJsonAsync<T>(this HttpContext context, T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        context.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(value, type), status);

    public static Task WriteJsonAsync(this HttpContext context, JsonNode value, int status = StatusCodes.Status200OK) =>
        context.WriteAsync(System.Text.Encoding.UTF8.GetBytes(value.ToJsonString()), status);

    private static async Task WriteAsync(this HttpContext context, byte[] json, int status)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = Type;
        context.Response.ContentLength = json.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.BodyWriter.WriteAsync(json, context.RequestAborted);
    }
}
