using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Twins;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Sources.Twin;

/// <summary>The commits that a twin has pinned sources to, on the disk: a device that starts without its hub keeps to them.</summary>
internal sealed class KeptPins(SourcePins pins, string twin, string stateFolder)
{
    private string FileName => Path.Combine(stateFolder, "pins.json");

    public void Load() => pins.Set(twin, Read());

    /// <exception cref="IOException">They can't be kept, and so don't count.</exception>
    public void Set(ImmutableSortedDictionary<string, string> commits)
    {
        if (Read().SequenceEqual(commits))
        {
            pins.Set(twin, commits);
            return;
        }

        PrivateFolder.Create(stateFolder);
        AtomicFile.Write(FileName, Encoding.UTF8.GetBytes(new JsonObject(commits.Select(c => KeyValuePair.Create(c.Key, (JsonNode?)c.Value))).ToJsonString()));
        pins.Set(twin, commits);
    }

    private ImmutableSortedDictionary<string, string> Read()
    {
        if (!File.Exists(FileName))
            return TwinSources.NoCommits;
        try
        {
            return TwinSources.NoCommits.AddRange((JsonNode.Parse(StateFile.ReadText(FileName)) as JsonObject ?? []).Select(c => KeyValuePair.Create(c.Key, c.Value!.GetValue<string>())));
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            // The hub says them again.
            return TwinSources.NoCommits;
        }
    }
}
