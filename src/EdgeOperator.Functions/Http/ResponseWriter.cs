using EdgeOperator.Functions.Invoking;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace EdgeOperator.Functions.Http;

/// <summary>Writes answers.</summary>
internal static class ResponseWriter
{
    public static async Task WriteAsync(HttpContext context, HttpOutput answer)
    {
        var response = context.Response;
        response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
        {
            if (!IsOurs(name))
                response.Headers[name] = StringValues.Concat(response.Headers[name], Clean(value));
        }

        foreach (var cookie in answer.Cookies)
            response.Headers.Append("Set-Cookie", Clean(cookie));

        if (answer.Status is < 200 or 204 or 304)
            return;

        response.ContentLength = answer.Body.Length;
        if (answer.Body.Length > 0 && !HttpMethods.IsHead(context.Request.Method))
            await response.BodyWriter.WriteAsync(answer.Body, context.RequestAborted);
    }

    /// <summary>A few words in plain text.</summary>
    public static Task WriteAsync(HttpContext context, int status, string words)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.WriteAsync(words + "\n", context.RequestAborted);
    }

    private static bool IsOurs(string name) =>
        name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Connection", StringComparison.OrdinalIgnoreCase);

    // A function that puts a line end into a header must not make two answers of one.
    private static string Clean(string value) => value.AsSpan().ContainsAny('\r', '\n', '\0') ? string.Concat(value.Where(c => !char.IsControl(c))) : value;
}
