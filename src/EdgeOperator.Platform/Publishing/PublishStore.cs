using EdgeOperator.Platform.Files;

namespace EdgeOperator.Platform.Publishing;

/// <summary>The folder with everything that is published: a folder for each app that may be published to.</summary>
/// <remarks>
/// Two processes use it: the publishing endpoint adds packages and their deployments; the agent writes credentials and
/// results. Both may ask for an earlier deployment again. Files are replaced as a whole, so neither sees half of one.
/// </remarks>
public sealed class PublishStore(string folder)
{
    private const int LongestName = 63;

    public IEnumerable<PublishedApp> Apps => Directory.Exists(folder)
        ? Directory.EnumerateDirectories(folder).Where(f => IsName(Path.GetFileName(f))).Order(StringComparer.Ordinal).Select(f => new PublishedApp(f))
        : [];

    /// <summary>Null when nobody may publish to such an app.</summary>
    public PublishedApp? Find(string name) => IsName(name) && Directory.Exists(Path.Combine(folder, name)) ? new(Path.Combine(folder, name)) : null;

    /// <exception cref="IOException">It can't be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public PublishedApp Create(string name)
    {
        if (!IsName(name))
            throw new ArgumentException($"{name} is no name of an app", nameof(name));
        PrivateFolder.Create(folder);
        var app = new PublishedApp(Path.Combine(folder, name));
        app.Create();
        return app;
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') && name[0] != '-';
}
