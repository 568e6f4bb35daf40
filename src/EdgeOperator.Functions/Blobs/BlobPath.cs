using EdgeOperator.Functions.App;

namespace EdgeOperator.Functions.Blobs;

/// <summary>
/// The names of a container and of a blob in it, valid as Azure Storage has them:
/// https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata.
/// </summary>
internal sealed record BlobPath
{
    public const string ContainerRule = "3 to 63 lower-case letters, digits and single dashes, with a letter or digit at both ends";
    private const int MaxLength = 1024;
    private const int MaxSegments = 254;

    private BlobPath(string container, string name) => (Container, Name) = (container, name);

    public string Container { get; }

    /// <summary>May contain slashes; compared case by case.</summary>
    public string Name { get; }

    /// <param name="text">As <c>container/name</c>.</param>
    /// <exception cref="FormatException">A name is not valid; the message says which and why.</exception>
    public static BlobPath Parse(string text) => text.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash && slash < text.Length - 1
        ? Of(text[..slash], text[(slash + 1)..])
        : throw new FormatException($"\"{text}\" is not the path of a blob; a path is container/name");

    /// <inheritdoc cref="Parse"/>
    public static BlobPath Of(string container, string name)
    {
        CheckContainer(container);
        return Fault(name) is { } fault ? throw new FormatException($"\"{name}\" is not a valid blob name: {fault}") : new(container, name);
    }

    /// <summary>The path as a binding has it: <c>path</c> in function.json, <c>blobPath</c> from .NET isolated workers; null for none.</summary>
    public static string? TextOf(Binding binding) => binding.Text("path") ?? binding.Text("blobPath");

    /// <summary>False for names that exist in accounts and that no binding could name, such as the markers of empty folders.</summary>
    public static bool IsName(string name) => Fault(name) is null;

    /// <exception cref="FormatException">The name is not valid.</exception>
    public static void CheckContainer(string name)
    {
        if (!IsContainer(name))
            throw new FormatException($"\"{name}\" is not a valid container name; a name has {ContainerRule}");
    }

    public override string ToString() => $"{Container}/{Name}";

    private static bool IsContainer(string name) => name is "$root" or "$web" or "$logs"
        || (name.Length is >= 3 and <= 63 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            && name[0] != '-' && name[^1] != '-' && !name.Contains("--", StringComparison.Ordinal));

    private static string? Fault(string name)
    {
        var segments = name.Split('/', '\\');
        return name.Length is 0 or > MaxLength ? $"it has 1 to {MaxLength} characters"
            : segments.Length > MaxSegments ? $"it has at most {MaxSegments} segments"
            : name[^1] is '.' or '/' or '\\' ? "it does not end with a dot or a slash"
            // Clients resolve them as in any URL, and would find another blob.
            : segments.Any(s => s is "." or "..") ? "no segment of it is . or .."
            : name.Any(char.IsControl) ? "it has no control characters"
            : HasLoneSurrogate(name) ? "it is valid Unicode"
            : null;
    }

    private static bool HasLoneSurrogate(string name)
    {
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsSurrogate(name[i]) && !(i + 1 < name.Length && char.IsSurrogatePair(name[i], name[++i])))
                return true;
        }

        return false;
    }
}
