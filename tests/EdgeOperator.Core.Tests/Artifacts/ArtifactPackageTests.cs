using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Core.Artifacts;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Tests.Artifacts;

public class ArtifactPackageTests
{
    private static readonly PackageLimits Small = new(10, 1000, 2000);

    [Fact]
    public void The_same_files_give_the_same_bytes_in_whatever_order_they_come()
    {
        ManifestFile[] files = [File("b/web.yaml", "b"), File("a.yaml", "a"), File("b/run.sh", "#!") with { IsExecutable = true }];

        var (one, other) = (Pack(files), Pack([.. files.Reverse()]));

        other.Should().Equal(one);
        one[9].Should().Be(255, "the system that packs is not named");
    }

    [Fact]
    public void Another_content_name_or_mode_gives_other_bytes() =>
        new[] { File("a", "a"), File("a", "b"), File("b", "a"), File("a", "a") with { IsExecutable = true } }
            .Select(file => Convert.ToHexString(SHA256.HashData(Pack(file)))).Should().OnlyHaveUniqueItems();

    [Fact]
    public void What_was_packed_is_read_again()
    {
        var longName = $"{new string('d', 200)}/{new string('f', 200)}.yaml";

        var files = ArtifactPackage.Read(new MemoryStream(Pack(File(longName, "long"), File("ä ö/ü", "umlauts"), File("run.sh", "x") with { IsExecutable = true }, File("empty", ""))), PackageLimits.Default);

        files.Select(f => (f.Path, Encoding.UTF8.GetString(f.Content.Span), f.IsExecutable)).Should().Equal(
            (longName, "long", false), ("empty", "", false), ("run.sh", "x", true), ("ä ö/ü", "umlauts", false));
    }

    [Fact]
    public void Packages_that_others_make_of_a_folder_are_read()
    {
        var package = Tar(tar =>
        {
            tar.WriteEntry(new PaxGlobalExtendedAttributesTarEntry(new Dictionary<string, string> { ["comment"] = "commit" }));
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "./"));
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "./a/"));
            tar.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, "./a/web.yaml") { DataStream = new MemoryStream([1]) });
            tar.WriteEntry(new V7TarEntry(TarEntryType.V7RegularFile, "b.yaml") { DataStream = new MemoryStream([2]) });
        });

        ArtifactPackage.Read(new MemoryStream(package), PackageLimits.Default).Select(f => f.Path).Should().Equal("a/web.yaml", "b.yaml");
    }

    [Theory]
    [InlineData("/etc/passwd", "empty component")]
    [InlineData("../up.yaml", "component ..")]
    [InlineData("a/../../up.yaml", "component ..")]
    [InlineData("a/./b", "component .")]
    [InlineData("a//b", "empty component")]
    [InlineData(".git/config", "component .git")]
    [InlineData("a/.GIT/hooks/x", "component .git")]
    [InlineData("a\u0007b", "control characters")]
    [InlineData("././../x", "component .")]
    public void A_path_that_leads_out_of_it_is_refused(string path, string problem) =>
        Refused(Tar(tar => tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = new MemoryStream([1]) }))).Should().Contain(problem);

    [Theory]
    [InlineData(TarEntryType.SymbolicLink)]
    [InlineData(TarEntryType.HardLink)]
    [InlineData(TarEntryType.Fifo)]
    [InlineData(TarEntryType.CharacterDevice)]
    [InlineData(TarEntryType.BlockDevice)]
    public void What_is_neither_file_nor_folder_is_refused(TarEntryType type) => Refused(Tar(tar =>
    {
        var entry = new PaxTarEntry(type, "a");
        if (type is TarEntryType.SymbolicLink or TarEntryType.HardLink)
            entry.LinkName = "/etc/passwd";
        tar.WriteEntry(entry);
    })).Should().Contain($"it is a {type}");

    [Fact]
    public void A_path_that_appears_twice_or_is_a_folder_too_is_refused()
    {
        Refused(Tar(tar => Write(tar, "a", "a"))).Should().Contain("appears twice");
        Refused(Tar(tar => Write(tar, "a", "a/b"))).Should().Contain("both a file and a folder");
        Refused(Tar(tar => Write(tar, "a/b", "./a/b"))).Should().Contain("appears twice");
    }

    [Fact]
    public void What_is_over_a_limit_is_refused_before_it_is_unpacked()
    {
        Refused(Pack(File("a", new string('x', 1001)))).Should().Contain("at most 1000");
        Refused(Pack(File("a", new string('x', 900)), File("b", new string('x', 900)), File("c", new string('x', 900)))).Should().Contain("more than 2000 bytes in all");
        Refused(Pack([.. Enumerable.Range(0, 11).Select(i => File($"f{i}", ""))])).Should().Contain("more than 10 files");
    }

    [Fact]
    public void What_grows_when_it_is_unpacked_is_refused_once_it_is_too_long() =>
        Refused(Tar(tar => tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "a", new Dictionary<string, string> { ["x"] = new('x', 1024 * 1024) })))).Should().Contain("when it is unpacked");

    [Fact]
    public void What_is_no_package_is_refused()
    {
        var package = Pack(File("a", "some content"));
        Refused(Encoding.UTF8.GetBytes("<html>not found</html>")).Should().NotBeEmpty();
        Refused(Gzip(stream => stream.Write(Encoding.UTF8.GetBytes(new string('x', 2000))))).Should().NotBeEmpty();
        Refused(package[..^20]).Should().NotBeEmpty();
    }

    [Fact]
    public void Random_damage_is_refused_or_read_and_never_thrown_at_the_reader()
    {
        var package = Gunzip(Pack(File("a/b", "some content"), File("c", new string('y', 700))));
        var random = new Random(7);
        for (var i = 0; i < 3000; i++)
        {
            var damaged = package.ToArray();
            for (var n = random.Next(1, 6); n > 0; n--)
                damaged[random.Next(Math.Min(damaged.Length, 3072))] = (byte)random.Next(256);
            try
            {
                ArtifactPackage.Read(new MemoryStream(Gzip(stream => stream.Write(damaged))), Small).Should().OnlyContain(f => PackagePath.Problem(f.Path) == null);
            }
            catch (InvalidDataException)
            {
                // As it should.
            }
        }
    }

    private static ManifestFile File(string path, string content) => new(path, Encoding.UTF8.GetBytes(content));

    private static byte[] Pack(params ManifestFile[] files)
    {
        using var stream = new MemoryStream();
        ArtifactPackage.Write(stream, files);
        return stream.ToArray();
    }

    private static string Refused(byte[] package)
    {
        var read = () => ArtifactPackage.Read(new MemoryStream(package), Small);
        return read.Should().Throw<InvalidDataException>().Which.Message;
    }

    private static void Write(TarWriter tar, params string[] paths)
    {
        foreach (var path in paths)
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = new MemoryStream([1]) });
    }

    private static byte[] Tar(Action<TarWriter> write) => Gzip(stream =>
    {
        using var tar = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true);
        write(tar);
    });

    private static byte[] Gzip(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest))
            write(gzip);
        return stream.ToArray();
    }

    private static byte[] Gunzip(byte[] package)
    {
        using var gzip = new GZipStream(new MemoryStream(package), CompressionMode.Decompress);
        using var content = new MemoryStream();
        gzip.CopyTo(content);
        return content.ToArray();
    }
}
