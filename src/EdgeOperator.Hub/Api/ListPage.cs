using EdgeOperator.Hub.Rest;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Service;

namespace EdgeOperator.Hub.Api;

/// <summary>Which part of a list is asked for: its length, and the key behind which it begins. What is read of the store does not grow with the list.</summary>
/// <param name="Limit">Items at most.</param>
/// <param name="After">The key of the last item before; empty for the first page.</param>
internal readonly record struct ListPage(int Limit, string After)
{
    public const int MostItems = 1000;

    private const int Usual = 100;

    /// <summary>One more than is answered, which says whether there is another page.</summary>
    public int Rows => Limit + 1;

    public static QueryParameter LimitParameter { get; } = new("limit", $"At most so many: 1 to {MostItems}, {Usual} when left out", QueryParameterType.Number);

    public static QueryParameter ContinuationParameter { get; } = new("continuation", "What the page before had");

    /// <exception cref="ServiceException">The limit is out of range.</exception>
    public static ListPage Of(ServiceRequest request, string after = "continuation") =>
        new((int)ApiRoute.Number(request, "limit", Usual, 1, MostItems), ApiRoute.Text(request, after) ?? "");

    /// <summary>Reads as many rows as the page has, and where the next one begins.</summary>
    /// <param name="rows">From <see cref="After"/> on.</param>
    /// <returns>The continuation is null at the end.</returns>
    public async Task<(IReadOnlyList<T> Items, string? Continuation)> TakeAsync<T>(IAsyncEnumerable<T> rows, Func<T, string> key, CancellationToken cancellation)
    {
        var page = new List<T>();
        await foreach (var row in rows.WithCancellation(cancellation))
        {
            if (page.Count == Limit)
                return (page, key(page[^1]));
            page.Add(row);
        }

        return (page, null);
    }
}
