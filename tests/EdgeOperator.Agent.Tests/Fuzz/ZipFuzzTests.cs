using System.IO.Compression;
using EdgeOperator.Agent.Kinds.FunctionApp.Packages;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Fuzz;

/// <summary>A package of a function app: unpacked below its folder, or refused with a reason.</summary>
public sealed class ZipFuzzTests
{
    [Fact]
    public void A_package_is_unpacked_into_its_folder_or_refused()
    {
        using var folder = new TempFolder();
        var (zip, target) = (Path.Combine(folder, "a.zip"), Path.Combine(folder, "app"));
        Fuzzing.Feed([Sample()], async bytes =>
        {
            await File.WriteAllBytesAsync(zip, bytes);
            try
            {
                Unpacking.Unzip(zip, target, "https://example.org/a.zip");
            }
            catch (PackageException)
            {
            }

            if (Directory.Exists(target))
                Directory.Delete(target, recursive: true);
            Directory.GetFileSystemEntries(folder).Should().Equal(zip);
        });
    }

    [Fact]
    public void Sizes_that_do_not_fit_together_are_too_large()
    {
        using var folder = new TempFolder();
        var zip = Path.Combine(folder, "a.zip");
        File.WriteAllBytes(zip, WithSizes(Sample(), long.MaxValue));

        var extract = () => Unpacking.Unzip(zip, Path.Combine(folder, "app"), "https://example.org/a.zip");

        extract.Should().Throw<PackageException>().Which.Reason.Should().Be("PackageTooLarge");
    }

    private static byte[] Sample()
    {
        using var content = new MemoryStream();
        using (var zip = new ZipArchive(content, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var name in new[] { "host.json", "lib/a.js", "lib/b.js" })
            {
                using var entry = new StreamWriter(zip.CreateEntry(name).Open());
                entry.Write($"content of {name}, {name}, {name}");
            }
        }

        return content.ToArray();
    }

    /// <summary>Gives every entry of the central directory a zip64 extra field with this size (APPNOTE.TXT of PKWARE, 4.5.3).</summary>
    private static byte[] WithSizes(byte[] zip, long size)
    {
        var output = new List<byte>();
        var (at, directory) = (0, 0);
        int Find(int from) => zip.AsSpan(from).IndexOf("PK\u0001\u0002"u8) is var found and >= 0 ? from + found : -1;
        while (Find(at) is var head and >= 0)
        {
            output.AddRange(zip[at..head]);
            directory = directory == 0 ? output.Count : directory;
            var name = BitConverter.ToUInt16(zip, head + 28);
            byte[] entry = zip[head..(head + 46 + name)];
            BitConverter.GetBytes(uint.MaxValue).CopyTo(entry, 24);
            BitConverter.GetBytes((ushort)12).CopyTo(entry, 30);
            output.AddRange(entry);
            output.AddRange([1, 0, 8, 0, .. BitConverter.GetBytes(size)]);
            at = head + 46 + name;
        }

        byte[] end = zip[at..];
        BitConverter.GetBytes(output.Count - directory).CopyTo(end, 12);
        return [.. output, .. end];
    }
}
