using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Sources.Git;

/// <summary>
/// What a mirror had before a fetch, so that what the fetch brought can be taken back when it is refused: otherwise every
/// refused commit would leave its pack behind.
/// </summary>
internal sealed class MirrorState
{
    private readonly string _repository;
    private readonly HashSet<string> _packs;
    private readonly Dictionary<string, byte[]> _references;

    private MirrorState(string repository) =>
        (_repository, _packs, _references) = (repository, [.. Packs(repository)], References(repository).ToDictionary(f => f, Read));

    /// <exception cref="IOException">The mirror can't be read.</exception>
    public static MirrorState Of(string repository) => new(repository);

    /// <summary>Takes back all that was fetched since. References go before the objects that they name.</summary>
    /// <exception cref="IOException">The mirror can't be written.</exception>
    public void Restore()
    {
        foreach (var file in References(_repository).Where(f => !_references.ContainsKey(f)))
            File.Delete(file);
        foreach (var (file, content) in _references)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, content);
        }

        foreach (var pack in Packs(_repository).Where(p => !_packs.Contains(p)))
            File.Delete(pack);
    }

    private static byte[] Read(string file)
    {
        try
        {
            return StateFile.ReadBytes(file) is { Length: > 0 } content ? content : throw new IOException($"{file} is empty");
        }
        catch (InvalidDataException e)
        {
            throw new IOException($"{file} is damaged: {e.Message}", e);
        }
    }

    private static string[] Packs(string repository) => Files(Path.Combine(repository, "objects", "pack"));

    private static IEnumerable<string> References(string repository) =>
        [.. Files(Path.Combine(repository, "refs")), .. ((string[])["shallow", "packed-refs"]).Select(n => Path.Combine(repository, n)).Where(File.Exists)];

    private static string[] Files(string folder) => Directory.Exists(folder) ? Directory.GetFiles(folder, "*", SearchOption.AllDirectories) : [];
}
