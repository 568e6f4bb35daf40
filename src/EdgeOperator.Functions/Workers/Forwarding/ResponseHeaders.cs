using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace EdgeOperator.Functions.Workers.Forwarding;

/// <summary>What a client gets to see of a worker's headers.</summary>
internal static class ResponseHeaders
{
    public static void Copy(HttpResponseMessage from, IHeaderDictionary to)
    {
        Copy(from.Headers.NonValidated, to);
        Copy(from.Content.Headers.NonValidated, to);
    }

    private static void Copy(HttpHeadersNonValidated from, IHeaderDictionary to)
    {
        foreach (var (name, values) in from)
        {
            if (!HopByHop.Contains(name))
            {
                to[name] = values.Count == 1 ? values.ToString() : Many(values);
            }
        }
    }

    private static StringValues Many(HeaderStringValues values)
    {
        var all = new string[values.Count];
        var i = 0;
        foreach (var value in values)
        {
            all[i++] = value;
        }

        return all;
    }
}
