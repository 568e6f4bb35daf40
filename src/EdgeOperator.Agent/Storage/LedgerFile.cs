using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeOperator.Agent.Clock;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;
using EdgeOperator.Platform.Files;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Storage;

/// <summary>
/// Keeps the <see cref="RevisionLedger"/> as <c>ledger.json</c> in the state directory, with a checksum, and the one before it as
/// <c>ledger.previous.json</c>.
/// </summary>
public sealed partial class LedgerFile(string stateDirectory, ILogger<LedgerFile> logger)
{
    private readonly string _current = Path.Combine(stateDirectory, "ledger.json");
    private readonly string _previous = Path.Combine(stateDirectory, "ledger.previous.json");
    private bool _isCurrentGood;

    /// <summary>What is there. Changes nothing on the disk.</summary>
    public LedgerGenerations Load()
    {
        var current = Read(_current, out var problem);
        var previous = Read(_previous, out _);
        _isCurrentGood = current is not null;
        return new(current, previous, problem);
    }

    /// <summary>Returns when the ledger is on the disk.</summary>
    /// <param name="content">What <see cref="Encode"/> made of it.</param>
    /// <exception cref="IOException">The disk is full or failed; the ledger saved before is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">The state directory may not be written to.</exception>
    public void Save(byte[] content)
    {
        // The space is taken before the last good generation is touched.
        var next = _current + ".next";
        foreach (var file in (string[])[_current, _previous, next])
            StateFile.ClearForFile(file);
        AtomicFile.Write(next, content);
        if (File.Exists(_current))
            File.Move(_current, _isCurrentGood ? _previous : _current + ".damaged", overwrite: true);
        File.Move(next, _current, overwrite: true);
        AtomicFile.SyncFolder(stateDirectory);
        _isCurrentGood = true;
    }

    public static byte[] Encode(LedgerGeneration generation, ClockReading clock)
    {
        var (number, time, ledger) = (
            generation.Number.ToString(System.Globalization.CultureInfo.InvariantCulture),
            JsonSerializer.Serialize(clock, LedgerJson.Default.ClockReading),
            JsonSerializer.Serialize(generation.Ledger, LedgerJson.Default.RevisionLedger));
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new() { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("sha256", Checksum(number, time, ledger));
            Write("number", number);
            Write("clock", time);
            Write("ledger", ledger);
            writer.WriteEndObject();

            void Write(string name, string json)
            {
                writer.WritePropertyName(name);
                writer.WriteRawValue(json);
            }
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <exception cref="JsonException">It is not what was written.</exception>
    public static SavedLedger Decode(ReadOnlyMemory<byte> content)
    {
        using var document = JsonDocument.Parse(content);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
            throw new JsonException("it is no object");
        if (!root.TryGetProperty("sha256", out var checksum))
            return new(new(0, Ledger(LedgerOfVersion0(root))), null);
        if (!root.TryGetProperty("number", out var number) || !root.TryGetProperty("clock", out var clock) || !root.TryGetProperty("ledger", out var ledger)
            || checksum.ValueKind != JsonValueKind.String || checksum.GetString() != Checksum(number.GetRawText(), clock.GetRawText(), ledger.GetRawText()))
            throw new JsonException("its checksum does not match its content");
        return new(new(number.GetInt64(), Ledger(ledger)), clock.Deserialize(LedgerJson.Default.ClockReading));
    }

    private SavedLedger? Read(string path, out string? problem)
    {
        problem = null;
        try
        {
            return Decode(StateFile.ReadBytes(path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            problem = e.Message;
            LogDamaged(path, e.Message);
            return null;
        }
    }

    // Before there were checksums, the file was the ledger itself, which always named this field.
    private static JsonElement LedgerOfVersion0(JsonElement root) =>
        root.TryGetProperty("suspended", out _) ? root : throw new JsonException("it has no checksum");

    // The generated reader leaves an array that the file does not name uninitialised.
    private static RevisionLedger Ledger(JsonElement json)
    {
        var read = json.Deserialize(LedgerJson.Default.RevisionLedger) ?? throw new JsonException("it is empty");
        return read with
        {
            Good = read.Good.IsDefault ? [] : [.. read.Good.Select(good => good with { Images = good.Images.IsDefault ? [] : good.Images, Parts = good.Parts.IsDefault ? [] : good.Parts })],
            Failed = read.Failed.IsDefault ? [] : read.Failed,
            SuspendedResources = read.SuspendedResources.IsDefault ? [] : read.SuspendedResources,
            StoppedResources = read.StoppedResources.IsDefault ? [] : read.StoppedResources,
            Retained = read.Retained.IsDefault ? [] : read.Retained,
            Attempt = read.Attempt is { Fetched.IsDefault: true } attempt ? attempt with { Fetched = [] } : read.Attempt,
        };
    }

    private static string Checksum(string number, string clock, string ledger) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{number}\n{clock}\n{ledger}")));
}

/// <param name="Clock">The steady clock when it was saved; null for one of an agent that had none.</param>
public sealed record SavedLedger(LedgerGeneration Generation, ClockReading? Clock);

/// <param name="Current">Null when it is missing or damaged.</param>
/// <param name="Previous">The one before it; null when there is none, or it is damaged.</param>
/// <param name="Problem">Why the current one can't be used, as the end of a sentence; null when it can, or there is none.</param>
public sealed record LedgerGenerations(SavedLedger? Current, SavedLedger? Previous, string? Problem);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = false)]
[JsonSerializable(typeof(RevisionLedger))]
[JsonSerializable(typeof(ClockReading))]
internal sealed partial class LedgerJson : JsonSerializerContext;
