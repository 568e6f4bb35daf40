using System.Buffers.Binary;
using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Twins;

/// <summary>What the hub and a device or module know of each other. The JSON inside is never changed after construction.</summary>
/// <param name="Version">Of tags and desired properties together: the ETag. Reported properties have only their own.</param>
public sealed record Twin(JsonObject Tags, TwinProperties Desired, TwinProperties Reported, long Version)
{
    /// <summary>What configurations have to do with it, by their names.</summary>
    public JsonObject Configurations { get; init; } = [];

    public static Twin Initial => new([], TwinProperties.Initial, TwinProperties.Initial, 1);

    public string ETag => ETagOf(Version);

    public static string ETagOf(long version)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, version);
        return Convert.ToBase64String(bytes);
    }

    /// <summary>The answer to a device's read over MQTT: properties only.</summary>
    public JsonObject ForDevice() => new() { ["desired"] = Desired.ForDevice(), ["reported"] = Reported.ForDevice() };
}
