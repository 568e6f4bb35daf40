using System.IO.Compression;

namespace EdgeOperator.Platform.Tests.Publishing;

/// <summary>Zip files in memory; equal files give equal bytes.</summary>
internal static class Packages
{
    public static byte[] App(string content = "v1") => Zip(("host.json", """{"version": "2.0"}"""), ("index.js", content));

    public static byte[] Zip(params (string Name, string Content)[] files)
    {
        using var output = new MemoryStream();
        using (var archive = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                var entry = archive.CreateEntry(name);
                entry.LastWriteTime = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
                using var writer = new StreamWriter(entry.Open());
                writer.Write(content);
            }
        }

        return output.ToArray();
    }
}
