using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeOperator.Core.State;
using EdgeOperator.Platform.Files;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Storage;

/// <summary>Keeps the <see cref="RevisionLedger"/> as <c>ledger.json</c> in the state directory.</summary>
public sealed partial class LedgerFile(string stateDirectory, ILogger<LedgerFile> logger)
{
    private readonly string _path = Path.Combine(stateDirectory, "ledger.json");

    /// <summary>
    /// The last <see cref="Load"/> found a file that it could not use; the next <see cref="Save"/> keeps it as
    /// <c>ledger.json.damaged</c>.
    /// </summary>
    public bool WasDamaged { get; private set; }

    /// <summary>The saved ledger; an empty one when there is none or when it is damaged. Changes nothing on the disk.</summary>
    public RevisionLedger Load()
    {
        WasDamaged = false;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(_path), LedgerJson.Default.RevisionLedger) is { } ledger
                ? Complete(ledger)
                : throw new JsonException("The file is empty.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return RevisionLedger.Empty;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            WasDamaged = true;
            LogDamaged(_path, e.Message);
            return RevisionLedger.Empty;
        }
    }

    /// <summary>Returns when the ledger is on the disk.</summary>
    /// <exception cref="IOException">The disk is full or failed; the ledger saved before is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">The state directory may not be written to.</exception>
    public void Save(RevisionLedger ledger)
    {
        if (WasDamaged)
        {
            SetAside();
            WasDamaged = false;
        }

        AtomicFile.Write(_path, JsonSerializer.SerializeToUtf8Bytes(ledger, LedgerJson.Default.RevisionLedger));
    }

    // The generated reader leaves an array that the file does not name uninitialised.
    private static RevisionLedger Complete(RevisionLedger read) => read with
    {
        Failed = read.Failed.IsDefault ? [] : read.Failed,
        SuspendedResources = read.SuspendedResources.IsDefault ? [] : read.SuspendedResources,
        Retained = read.Retained.IsDefault ? [] : read.Retained,
        Attempt = read.Attempt is { Fetched.IsDefault: true } attempt ? attempt with { Fetched = [] } : read.Attempt,
    };

    private void SetAside()
    {
        try
        {
            File.Move(_path, _path + ".damaged", overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotSetAside(_path, e.Message);
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(RevisionLedger))]
internal sealed partial class LedgerJson : JsonSerializerContext;
