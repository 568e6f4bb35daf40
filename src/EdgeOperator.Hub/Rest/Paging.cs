using System.Text;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Service;

namespace EdgeOperator.Hub.Rest;

/// <summary>Pages of lists that are in the order of their names, by the headers that IoT Hub and DPS use.</summary>
internal static class Paging
{
    /// <summary>The header of request and answer.</summary>
    public const string Continuation = "x-ms-continuation";

    private const int Default = 100;

    /// <returns>How many items at most, and the name after which they begin.</returns>
    /// <exception cref="ServiceException">The continuation is none of this hub's.</exception>
    public static (int Items, string After) Of(ServiceRequest request, int most)
    {
        var headers = request.Http.Request.Headers;
        var items = int.TryParse(headers["x-ms-max-item-count"], out var given) && given > 0 ? Math.Min(given, most) : Default;
        var continuation = headers[Continuation].ToString();
        var bytes = new byte[continuation.Length];
        return Convert.TryFromBase64String(continuation, bytes, out var length)
            ? (items, Encoding.UTF8.GetString(bytes, 0, length))
            : throw new ServiceException(ServiceError.ArgumentInvalid, "the continuation token is none of this hub's");
    }

    /// <param name="last">The last name of this page.</param>
    public static void Continue(ServiceRequest request, string last) =>
        request.Http.Response.Headers[Continuation] = Convert.ToBase64String(Encoding.UTF8.GetBytes(last));
}
