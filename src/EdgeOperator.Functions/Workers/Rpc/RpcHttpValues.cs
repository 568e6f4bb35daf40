using System.Globalization;
using System.Text;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Workers.Rpc.Messages;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace EdgeOperator.Functions.Workers.Rpc;

/// <summary>Requests and answers as the protocol's <c>RpcHttp</c>.</summary>
internal static class RpcHttpValues
{
    public static RpcHttp From(HttpInput request, RpcCapabilities capabilities)
    {
        var http = new RpcHttp { Method = request.Method, Url = request.Url };
        Fill(http.Headers, http.NullableHeaders, Lowered(request.Headers), capabilities, capabilities.IgnoreEmptyValuedRpcHttpHeaders);
        Fill(http.Query, http.NullableQuery, request.Query, capabilities, skipEmpty: false);
        Fill(http.Params, http.NullableParams, request.Parameters, capabilities, skipEmpty: false);
        if (request.Body is { IsEmpty: false } body)
        {
            http.Body = Body(body, request, capabilities);
            if (!capabilities.RpcHttpBodyOnly)
            {
                http.RawBody = capabilities.RawHttpBodyBytes ? http.Body : new() { String = Encoding.UTF8.GetString(body.Span) };
            }
        }

        return http;
    }

    public static HttpOutput To(RpcHttp answer) => new(
        int.TryParse(answer.StatusCode, CultureInfo.InvariantCulture, out var status) && status is >= 100 and <= 999 ? status : StatusCodes.Status200OK,
        [.. answer.Headers.Where(h => !IsCookie(h.Key)), .. DefaultType(answer) is { } type ? [new KeyValuePair<string, string>(HeaderNames.ContentType, type)] : Array.Empty<KeyValuePair<string, string>>()],
        [.. answer.Headers.Where(h => IsCookie(h.Key)).Select(h => h.Value), .. answer.Cookies.Select(Cookie)],
        TypedValues.Bytes(answer.Body));

    // As the cloud's host: text, and JSON too unless the response's content type is negotiated. Bytes have no type.
    private static string? DefaultType(RpcHttp answer) =>
        answer.Headers.Keys.Any(h => h.Equals(HeaderNames.ContentType, StringComparison.OrdinalIgnoreCase)) ? null
        : answer.Body?.DataCase switch
        {
            TypedData.DataOneofCase.Json when answer.EnableContentNegotiation => "application/json; charset=utf-8",
            TypedData.DataOneofCase.Json or TypedData.DataOneofCase.String or TypedData.DataOneofCase.Int or TypedData.DataOneofCase.Double => "text/plain; charset=utf-8",
            _ => null,
        };

    private static bool IsCookie(string header) => header.Equals(HeaderNames.SetCookie, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<KeyValuePair<string, string>> Lowered(IEnumerable<KeyValuePair<string, string>> headers) =>
        headers.Select(h => KeyValuePair.Create(h.Key.ToLowerInvariant(), h.Value));

    // A map has a name once: several values are joined as HTTP joins them.
    private static void Fill(
        MapField<string, string> plain, MapField<string, NullableString> nullable, IEnumerable<KeyValuePair<string, string>> values, RpcCapabilities capabilities, bool skipEmpty)
    {
        foreach (var group in values.Where(v => !skipEmpty || v.Value.Length > 0).GroupBy(v => v.Key, v => v.Value))
        {
            var value = string.Join(',', group);
            if (capabilities.UseNullableValueDictionaryForHttp)
            {
                nullable[group.Key] = new() { Value = value };
            }
            else
            {
                plain[group.Key] = value;
            }
        }
    }

    private static TypedData Body(ReadOnlyMemory<byte> body, HttpInput request, RpcCapabilities capabilities)
    {
        var type = request.Headers.FirstOrDefault(h => h.Key.Equals(HeaderNames.ContentType, StringComparison.OrdinalIgnoreCase)).Value ?? "";
        if (capabilities.RawHttpBodyBytes
            || type.StartsWith("application/octet-stream", StringComparison.OrdinalIgnoreCase)
            || type.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase))
        {
            return new() { Bytes = ByteString.CopyFrom(body.Span) };
        }

        var text = Encoding.UTF8.GetString(body.Span);
        return type.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) ? new() { Json = text } : new() { String = text };
    }

    private static string Cookie(RpcHttpCookie cookie)
    {
        var header = new SetCookieHeaderValue(Uri.EscapeDataString(cookie.Name), Uri.EscapeDataString(cookie.Value))
        {
            Path = Text(cookie.Path) ?? "/",
            Secure = cookie.Secure?.BoolCase == NullableBool.BoolOneofCase.Value && cookie.Secure.Value,
            HttpOnly = cookie.HttpOnly?.BoolCase == NullableBool.BoolOneofCase.Value && cookie.HttpOnly.Value,
            SameSite = cookie.SameSite switch
            {
                RpcHttpCookie.Types.SameSite.Lax => Microsoft.Net.Http.Headers.SameSiteMode.Lax,
                RpcHttpCookie.Types.SameSite.Strict => Microsoft.Net.Http.Headers.SameSiteMode.Strict,
                RpcHttpCookie.Types.SameSite.ExplicitNone => Microsoft.Net.Http.Headers.SameSiteMode.None,
                _ => Microsoft.Net.Http.Headers.SameSiteMode.Unspecified,
            },
        };
        if (Text(cookie.Domain) is { } domain)
        {
            header.Domain = domain;
        }

        if (cookie.Expires?.Value is { } expires)
        {
            header.Expires = expires.ToDateTimeOffset();
        }

        if (cookie.MaxAge?.DoubleCase == NullableDouble.DoubleOneofCase.Value)
        {
            header.MaxAge = TimeSpan.FromSeconds(cookie.MaxAge.Value);
        }

        return header.ToString();
    }

    private static string? Text(NullableString? value) => value?.StringCase == NullableString.StringOneofCase.Value ? value.Value : null;
}
