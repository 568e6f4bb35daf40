using System.Globalization;
using EdgeOperator.Core.Manifests;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Agent.LocalApi;

/// <summary>Reads what a request's query asks for; what can't be read is a bad request that says how to write it.</summary>
internal static class Query
{
    public const int MaxLimit = 10_000;

    private const int DefaultLimit = 100;

    public static int Limit(string? text) => Number("limit", text, 1, MaxLimit) ?? DefaultLimit;

    public static int? Tail(string? text) => Number("tail", text, 0, int.MaxValue);

    public static long After(string? text) =>
        text is null ? 0
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id
        : throw new BadHttpRequestException($"after is \"{text}\": give an event's id.");

    public static DateTimeOffset? Moment(string name, string? text) =>
        text is null ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? moment
        : throw new BadHttpRequestException($"{name} is \"{text}\": give a time such as 2026-11-29T08:00:00Z.");

    public static bool Follow(string? text) => Flag("follow", text);

    public static bool Flag(string name, string? text) => text switch
    {
        null or "false" => false,
        "true" => true,
        _ => throw new BadHttpRequestException($"{name} is \"{text}\": give true or false."),
    };

    public static ResourceId? Resource(string? text) =>
        text is null ? null
        : ResourceId.TryParse(text, out var id) ? id
        : throw new BadHttpRequestException($"resource is \"{text}\": write it as Kind/name.");

    public static ResourceId Needed(string? resource) => Resource(resource) ?? throw new BadHttpRequestException("resource is missing: write it as Kind/name.");

    private static int? Number(string name, string? text, int from, int to) =>
        text is null ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= from && number <= to ? number
        : throw new BadHttpRequestException($"{name} is \"{text}\": give a number from {from} to {to}.");
}
