namespace EdgeOperator.Agent.Storage;

/// <summary>Replaces a file as a whole.</summary>
internal static class WholeFile
{
    public static void Write(string path, Action<Stream> write)
    {
        using (var stream = new FileStream(path + ".tmp", FileMode.Create))
        {
            write(stream);
            stream.Flush(flushToDisk: true);
        }

        File.Move(path + ".tmp", path, overwrite: true);
    }
}
