using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;
using EdgeOperator.Core.Twins;

namespace EdgeOperator.Core.Snapshots;

/// <summary>A device's snapshot as JSON. It has no nulls, and what a reader does not know is left out.</summary>
public static class SnapshotDocument
{
    /// <summary>Grows when a reader that knows only the version before would misunderstand it.</summary>
    public const int Version = 1;

    /// <summary>Bytes: the containers, images and files of some thousand resources.</summary>
    public const int MostBytes = 16 * 1024 * 1024;

    private static readonly SnapshotJson Strict = new(new(SnapshotJson.Default.Options) { DefaultIgnoreCondition = JsonIgnoreCondition.Never });

    public static byte[] Write(DeviceSnapshot snapshot, KindSet kinds) => JsonSerializer.SerializeToUtf8Bytes(FieldsOf(snapshot, kinds), SnapshotJson.Default.Fields);

    /// <summary>What somebody has sent, as this program writes it: nothing in it is missing that a plan relies on.</summary>
    /// <inheritdoc cref="Read"/>
    public static byte[] Checked(ReadOnlySpan<byte> json, KindSet kinds)
    {
        try
        {
            var snapshot = Read(json, kinds);
            if (snapshot.Now == default)
                throw new JsonException("the snapshot has no time");

            // Writing checks what may not be null, which reading does only for what is there.
            JsonSerializer.SerializeToUtf8Bytes(FieldsOf(snapshot, kinds), Strict.Fields);
            return Write(snapshot, kinds);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or NullReferenceException)
        {
            throw new JsonException($"the snapshot lacks something: {e.Message}", e);
        }
    }

    /// <param name="json">What <see cref="Write"/> or <see cref="Checked"/> has written.</param>
    /// <exception cref="JsonException">It is no snapshot, or one of a later version.</exception>
    public static DeviceSnapshot Read(ReadOnlySpan<byte> json, KindSet kinds)
    {
        CheckNulls(json);
        var fields = JsonSerializer.Deserialize(json, SnapshotJson.Default.Fields)!;
        if (fields.Version is < 1 or > Version)
            throw new JsonException($"the snapshot is of version {fields.Version}, and this program knows {Version}");
        var observed = new ObservedState { Engine = fields.Engine, Files = fields.Files, Apps = fields.Apps, Machines = fields.Machines, GuestEngines = fields.GuestEngines };
        foreach (var part in kinds.Select(kind => kind.Part).OfType<ObservedPart>())
            if (fields.Parts.TryGetValue(part.Name, out var written))
                observed = part.Read(observed, written);
        return new(fields.Device, observed, fields.Inventory, fields.Now)
        {
            LastGood = fields.LastGood,
            Agent = fields.Agent,
            HiddenVars = fields.HiddenVars,
            Recipients = fields.Recipients.IsDefault ? [] : fields.Recipients,
            Secrets = fields.Secrets.IsDefault ? [] : fields.Secrets,
            AllowedRoots = fields.AllowedRoots.IsDefault ? [] : fields.AllowedRoots,
        };
    }

    private static Fields FieldsOf(DeviceSnapshot snapshot, KindSet kinds)
    {
        var observed = snapshot.Observed;
        var parts = ImmutableSortedDictionary.CreateBuilder<string, JsonElement>(StringComparer.Ordinal);
        foreach (var part in kinds.Select(kind => kind.Part).OfType<ObservedPart>())
            if (part.Write(observed) is { } written)
                parts.Add(part.Name, WithoutNulls(written));
        return new(
            Version, snapshot.Agent, snapshot.Device, snapshot.HiddenVars, snapshot.LastGood, snapshot.Now, observed.Engine, observed.Files, observed.Apps, observed.Machines, observed.GuestEngines, parts.ToImmutable(), snapshot.Inventory, snapshot.Recipients, snapshot.Secrets, snapshot.AllowedRoots);
    }

    private static JsonElement WithoutNulls(JsonElement part) =>
        JsonObject.Create(part) is { } content ? JsonSerializer.SerializeToElement(TwinMerge.WithoutNulls(content), SnapshotJson.Default.JsonObject) : part;

    // No type says of the items of lists that they are never null.
    private static void CheckNulls(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
            if (reader.TokenType == JsonTokenType.Null)
                throw new JsonException("there is a null in the snapshot");
    }
}

/// <summary>What is added later has a default, so that snapshots of older agents can be read.</summary>
internal sealed record Fields(
    int Version,
    string Agent,
    DeviceIdentity Device,
    ImmutableArray<string> HiddenVars,
    string? LastGood,
    DateTimeOffset Now,
    ObservedEngine Engine,
    ImmutableSortedDictionary<string, ObservedConfigFile> Files,
    ImmutableSortedDictionary<string, ObservedFunctionApp> Apps,
    ImmutableSortedDictionary<string, ObservedVirtualMachine> Machines,
    ImmutableSortedDictionary<string, ObservedEngine> GuestEngines,
    ImmutableSortedDictionary<string, JsonElement> Parts,
    Inventory Inventory,
    ImmutableArray<string> Recipients = default,
    ImmutableArray<KnownSecret> Secrets = default,
    ImmutableArray<string> AllowedRoots = default);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true,
    RespectNullableAnnotations = true,
    UseStringEnumConverter = true,
    Converters = [typeof(ResourceIdText)])]
[JsonSerializable(typeof(Fields))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class SnapshotJson : JsonSerializerContext;

/// <summary>Resources as <c>Kind/name</c>, also where they are keys.</summary>
internal sealed class ResourceIdText : JsonConverter<ResourceId>
{
    public override ResourceId Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => Of(reader.GetString());

    public override void Write(Utf8JsonWriter writer, ResourceId value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());

    public override ResourceId ReadAsPropertyName(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => Of(reader.GetString());

    public override void WriteAsPropertyName(Utf8JsonWriter writer, ResourceId value, JsonSerializerOptions options) => writer.WritePropertyName(value.ToString());

    private static ResourceId Of(string? text) => ResourceId.TryParse(text, out var id) ? id : throw new JsonException($"'{text}' names no resource");
}
