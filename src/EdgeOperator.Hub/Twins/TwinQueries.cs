using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Twins.Query;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Twins;

/// <param name="Type">What <c>x-ms-item-type</c> says.</param>
/// <param name="Continuation">Null at the end.</param>
internal sealed record QueryPage(string Type, JsonArray Items, string? Continuation);

/// <summary>Runs queries over the twins as they are now, page by page in the order of their keys.</summary>
internal sealed class TwinQueries(IHubStore store, TimeProvider time)
{
    public const int MostItems = 1000;

    private const int ScanSize = 500;
    private const int MostGroups = 10_000;

    /// <summary>Called after a page was read, whether as an <c>aggregate</c> or a <c>page</c>, and how long it took: it must be short.</summary>
    public event Action<string, TimeSpan>? Answered;

    /// <param name="continuation">Of the page before; null for the first.</param>
    /// <param name="filter">What the caller may see of twins; null for all. Queries over jobs have none.</param>
    /// <exception cref="ServiceException">The query is not in the language, or the continuation belongs to another one.</exception>
    public async Task<QueryPage> RunAsync(string text, int items, string? continuation, CancellationToken cancellation, Func<TwinRow, bool>? filter = null)
    {
        var since = time.GetTimestamp();
        var query = Parse(text);
        var page = query.IsAggregate ? await AggregateAsync(query, filter, cancellation) : await PageAsync(query, text, Math.Clamp(items, 1, MostItems), continuation, filter, cancellation);
        Answered?.Invoke(query.IsAggregate ? "aggregate" : "page", time.GetElapsedTime(since));
        return page;
    }

    /// <summary>How many results each query has, with one look at all twins. One that gives a single number counts as that number.</summary>
    public async Task<IReadOnlyList<long>> CountAsync(IReadOnlyList<TwinQuery> queries, CancellationToken cancellation)
    {
        var counters = queries.Select(q => new QueryCounter(q)).ToArray();
        foreach (var modules in (bool[])[false, true])
        {
            var asked = counters.Where(c => (c.Query.Source == QuerySource.Modules) == modules).ToArray();
            if (asked.Length == 0)
                continue;
            await foreach (var row in store.AllTwinsAsync(modules, ScanSize, cancellation))
            {
                var document = TwinDocument.Write(row);
                foreach (var counter in asked)
                    counter.Add(document);
            }
        }

        return [.. counters.Select(c => c.Result)];
    }

    private static TwinQuery Parse(string text)
    {
        try
        {
            return TwinQuery.Parse(text);
        }
        catch (QueryException e)
        {
            throw new ServiceException(ServiceError.ArgumentInvalid, e.Message);
        }
    }

    private async Task<QueryPage> AggregateAsync(TwinQuery query, Func<TwinRow, bool>? filter, CancellationToken cancellation)
    {
        var aggregation = new QueryAggregation(query);
        await foreach (var (_, row) in MatchesAsync(query, null, filter, cancellation))
        {
            aggregation.Add(row);
            if (aggregation.Count > MostGroups)
                throw new ServiceException(ServiceError.ArgumentInvalid, $"the query has more than {MostGroups} groups");
        }

        return new("Raw", new([.. aggregation.Results()]), null);
    }

    private async Task<QueryPage> PageAsync(TwinQuery query, string text, int items, string? continuation, Func<TwinRow, bool>? filter, CancellationToken cancellation)
    {
        var start = continuation is null ? new(null, query.Top) : Place.Read(continuation, text);
        var page = new JsonArray();
        var last = start.After;
        var left = start.Left;
        var type = query.Columns is not null ? "Raw" : query.Source == QuerySource.Jobs ? "DeviceJob" : "Twin";

        // Where every row is a result, one page of them is all that is read, and one more, which says that there is another page.
        var scanned = query.Where is null && filter is null ? Math.Min(items + 1, ScanSize) : ScanSize;
        await foreach (var (key, row) in MatchesAsync(query, start.After, filter, cancellation, scanned))
        {
            if (page.Count == items)
                return new(type, page, new Place(last, left).Write(text));
            page.Add(QueryProjection.Project(query, row));
            last = key;
            if (left is not null && --left == 0)
                break;
        }

        return new(type, page, null);
    }

    private async IAsyncEnumerable<(IdentityKey Key, JsonObject Row)> MatchesAsync(
        TwinQuery query, IdentityKey? after, Func<TwinRow, bool>? filter, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation, int scanned = ScanSize)
    {
        if (query.Source != QuerySource.Jobs)
        {
            await foreach (var row in TwinsAsync(query, after, filter, scanned, cancellation))
                yield return row;
            yield break;
        }

        await foreach (var row in DeviceJobRows.AllAsync(store, ScanSize, after, cancellation))
            if (QueryEvaluation.Matches(query.Where, row.Row))
                yield return row;
    }

    private async IAsyncEnumerable<(IdentityKey Key, JsonObject Row)> TwinsAsync(
        TwinQuery query, IdentityKey? after, Func<TwinRow, bool>? filter, int scanned, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var needsMetadata = query.Where?.NamesMetadata == true;
        await foreach (var row in store.AllTwinsAsync(query.Source == QuerySource.Modules, scanned, cancellation, after, TwinIndex.CandidatesFor(query.Where)))
        {
            if (filter?.Invoke(row) == false)
                continue;
            if (query.Where is null || needsMetadata || QueryEvaluation.Matches(query.Where, TwinDocument.WriteForCondition(row)))
            {
                var document = TwinDocument.Write(row);
                if (!needsMetadata || QueryEvaluation.Matches(query.Where, document))
                    yield return (row.Identity.Key, document);
            }
        }
    }

    /// <summary>Where a page ended, and how many results TOP leaves.</summary>
    private sealed record Place(IdentityKey? After, long? Left)
    {
        public static Place Read(string continuation, string query)
        {
            try
            {
                var parts = JsonSerializer.Deserialize<string?[]>(Convert.FromBase64String(continuation));
                if (parts is [{ } device, { } module, var left, { } hash] && hash == Hash(query))
                    return new(new(device, module), left is null ? null : long.Parse(left, NumberStyles.None, CultureInfo.InvariantCulture));
            }
            catch (Exception e) when (e is FormatException or JsonException or OverflowException)
            {
                // As for one of another query.
            }

            throw new ServiceException(ServiceError.ArgumentInvalid, "the continuation token belongs to no such query");
        }

        public string Write(string query) => Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(
            (string?[])[After!.Value.DeviceId, After.Value.ModuleId, Left?.ToString(CultureInfo.InvariantCulture), Hash(query)]));

        private static string Hash(string query) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(query)))[..16];
    }
}
