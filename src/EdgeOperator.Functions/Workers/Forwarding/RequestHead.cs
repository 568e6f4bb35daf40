using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace EdgeOperator.Functions.Workers.Forwarding;

/// <summary>Request line and headers as a worker gets to see them.</summary>
internal static class RequestHead
{
    /// <param name="set">In place of what the request has under the same names.</param>
    public static void Write(WorkerConnection to, HttpContext context, IReadOnlyList<KeyValuePair<string, string>> set)
    {
        var request = context.Request;
        to.Write(request.Method);
        to.Write(" "u8);
        to.Write(Target(request));
        to.Write(" HTTP/1.1\r\n"u8);
        var connection = request.Headers.Connection.ToString();
        foreach (var (name, values) in request.Headers)
        {
            if (!HopByHop.Contains(name) && !IsOurs(name) && !Has(set, name) && !Names(connection, name))
            {
                for (var i = 0; i < values.Count; i++)
                {
                    Write(to, name, values[i]);
                }
            }
        }

        if (HasBody(request) && request.ContentLength is null)
        {
            Write(to, HeaderNames.TransferEncoding, "chunked");
        }

        Write(to, "X-Forwarded-For", context.Connection.RemoteIpAddress?.ToString());
        Write(to, "X-Forwarded-Proto", request.Scheme);
        Write(to, "X-Forwarded-Host", request.Host.Value);
        for (var i = 0; i < set.Count; i++)
        {
            Write(to, set[i].Key, set[i].Value);
        }

        to.Write("\r\n"u8);
    }

    public static bool HasBody(HttpRequest request) =>
        request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? request.ContentLength > 0;

    private static string Target(HttpRequest request)
    {
        var raw = request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget;
        return raw is ['/', ..] ? raw : request.PathBase.ToUriComponent() + request.Path.ToUriComponent() + request.QueryString.ToUriComponent();
    }

    // An Expect has been answered already, by us.
    private static bool IsOurs(string name) =>
        name.Length switch
        {
            6 => name.Equals(HeaderNames.Expect, StringComparison.OrdinalIgnoreCase),
            15 or 16 or 17 => name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase),
            _ => false,
        };

    /// <summary>Whether the <c>Connection</c> header names another as meant for this connection alone (RFC 9110, 7.6.1).</summary>
    private static bool Names(string connection, string name)
    {
        if (connection.Length == 0 || !connection.Contains(name, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        foreach (var option in connection.AsSpan().Split(','))
        {
            if (connection.AsSpan(option).Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Has(IReadOnlyList<KeyValuePair<string, string>> headers, string name)
    {
        for (var i = 0; i < headers.Count; i++)
        {
            if (headers[i].Key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static void Write(WorkerConnection to, string name, string? value)
    {
        if (value is null)
        {
            return;
        }

        if (value.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0)
        {
            throw new ArgumentException($"The value of the header {name} has a line break.", nameof(value));
        }

        to.Write(name);
        to.Write(": "u8);
        to.Write(value);
        to.Write("\r\n"u8);
    }
}
