namespace EdgeOperator.Functions.Workers.Processes;

/// <summary>Paths for the Unix sockets that workers listen on.</summary>
internal static class SocketPath
{
    /// <summary>Bytes; what a Unix socket's path may be on Linux (unix(7)), without its end.</summary>
    private const int Longest = 107;

    /// <param name="folder">The app's own folder for temporary files, which no other user may look into.</param>
    /// <param name="kind">Begins the file's name, which is otherwise random.</param>
    /// <returns>In the system's folder for temporary files where the other path would be too long.</returns>
    public static string In(string folder, string kind)
    {
        var name = $"{kind}-{Guid.NewGuid():N}"[..^20] + ".sock";
        var path = Path.Combine(folder, name);
        return path.Length <= Longest ? path : Path.Combine(Path.GetTempPath(), $"edgeop-{name}");
    }
}
