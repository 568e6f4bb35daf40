namespace EdgeOperator.Testing;

/// <summary>A folder of its own below <c>/tmp</c> (short, so that socket paths fit), deleted at disposal.</summary>
public sealed class TempFolder : IDisposable
{
    public TempFolder(string prefix = "eo")
    {
        Path = System.IO.Path.Combine("/tmp", $"{prefix}-{Guid.NewGuid():N}"[..(prefix.Length + 11)]);
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    public static implicit operator string(TempFolder folder) => folder.Path;

    /// <summary>The path of <paramref name="name"/> in the folder; parents are made.</summary>
    public string File(string name)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        return path;
    }

    /// <summary>Writes a file into the folder.</summary>
    /// <returns>Its full path.</returns>
    public string Write(string name, string content)
    {
        var path = File(name);
        System.IO.File.WriteAllText(path, content);
        return path;
    }

    public override string ToString() => Path;

    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
