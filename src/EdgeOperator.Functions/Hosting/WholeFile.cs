namespace EdgeOperator.Functions.Hosting;

/// <summary>A file for its owner alone (0600) that is replaced as a whole: a crash leaves the old one or the new one.</summary>
internal static class WholeFile
{
    /// <exception cref="IOException">It could not be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var next = $"{path}.{Environment.ProcessId}.next";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        using (var file = new FileStream(next, options))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
    }
}
