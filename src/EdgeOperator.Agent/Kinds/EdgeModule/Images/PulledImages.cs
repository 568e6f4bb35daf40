using System.Collections.Immutable;
using System.Text.Json.Serialization;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.EdgeModule.Images;

/// <summary>
/// Which images the agent has brought to the engine: only these are ever removed. A small file that is replaced
/// atomically; losing it means that images stay, nothing worse.
/// </summary>
internal sealed class PulledImages
{
    private readonly string _file;
    private readonly Lock _lock = new();
    private ImmutableDictionary<string, ImmutableArray<string>> _references;

    /// <param name="stateDirectory">Made when it is missing.</param>
    /// <param name="machine">The virtual machine whose engine it is; null for the host's.</param>
    public PulledImages(string stateDirectory, string? machine = null)
    {
        _file = Path.Combine(stateDirectory, machine is null ? "images.json" : $"images.{machine}.json");
        _references = Read(_file);
    }

    /// <summary>Ids of the images.</summary>
    public ImmutableHashSet<string> Ids
    {
        get
        {
            lock (_lock)
            {
                return [.. _references.Keys];
            }
        }
    }

    /// <summary>The references under which the agent pulled an image.</summary>
    public ImmutableArray<string> ReferencesOf(string id)
    {
        lock (_lock)
        {
            return _references.GetValueOrDefault(id, []);
        }
    }

    /// <exception cref="IOException">The file can't be written.</exception>
    public void Add(string id, string reference)
    {
        lock (_lock)
        {
            var known = _references.GetValueOrDefault(id, []);
            if (!known.Contains(reference))
            {
                Save(_references.SetItem(id, known.Add(reference)));
            }
        }
    }

    /// <inheritdoc cref="Add"/>
    public void Remove(string id)
    {
        lock (_lock)
        {
            if (_references.ContainsKey(id))
            {
                Save(_references.Remove(id));
            }
        }
    }

    private void Save(ImmutableDictionary<string, ImmutableArray<string>> references)
    {
        _references = references;
        Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
        StateFile.Write(_file, references.ToDictionary(), PulledImagesJson.Default.DictionaryStringImmutableArrayString);
    }

    private static ImmutableDictionary<string, ImmutableArray<string>> Read(string file)
    {
        try
        {
            var images = StateFile.Read(file, PulledImagesJson.Default.DictionaryStringImmutableArrayString, out _);
            return images is null || images.Values.Any(r => r.IsDefault) ? ImmutableDictionary<string, ImmutableArray<string>>.Empty : images.ToImmutableDictionary();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ImmutableDictionary<string, ImmutableArray<string>>.Empty;
        }
    }
}

[JsonSerializable(typeof(Dictionary<string, ImmutableArray<string>>))]
internal sealed partial class PulledImagesJson : JsonSerializerContext;
