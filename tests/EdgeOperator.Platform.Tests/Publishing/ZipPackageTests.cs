using System.IO.Compression;
using EdgeOperator.Platform.Publishing;
using EdgeOperator.Testing;

namespace EdgeOperator.Platform.Tests.Publishing;

public sealed class ZipPackageTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Target => _folder.File("app");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_app_is_unpacked_with_its_folders_and_executables()
    {
        var zip = Write([]);
        using (var archive = ZipFile.Open(zip, ZipArchiveMode.Update))
        {
            archive.CreateEntry("host.json").Open().Dispose();
            archive.CreateEntry("empty/");
            archive.CreateEntry("windows\\style.txt").Open().Dispose();
            var program = archive.CreateEntry("./bin/handler");
            program.ExternalAttributes = Convert.ToInt32("100755", 8) << 16;
            program.Open().Dispose();
        }

        ZipPackage.Check(zip);
        ZipPackage.Extract(zip, Target, CancellationToken.None);

        Directory.EnumerateFiles(Target, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Target, f)).Should().BeEquivalentTo("host.json", "bin/handler", "windows/style.txt");
        Directory.Exists(Path.Combine(Target, "empty")).Should().BeTrue();
        File.GetUnixFileMode(Path.Combine(Target, "bin/handler")).Should().HaveFlag(UnixFileMode.UserExecute);
        File.GetUnixFileMode(Path.Combine(Target, "host.json")).Should().NotHaveFlag(UnixFileMode.UserExecute);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_that_is_refused_is_closed(bool isZip)
    {
        var zip = Write(isZip ? Packages.Zip(("../x", "x")) : "no zip file"u8.ToArray());

        Refused(() => ZipPackage.Check(zip)).Fault.Should().Be(ZipFault.Damaged);

        // Not while another descriptor of this process has it open.
        FluentActions.Invoking(() => new FileStream(zip, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose()).Should().NotThrow();
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("/etc/x")]
    [InlineData("..\\x")]
    [InlineData("C:\\x")]
    [InlineData("a//x")]
    public void A_name_that_leads_out_of_the_folder_is_refused_and_nothing_is_written(string name)
    {
        var zip = Write(Packages.Zip(("host.json", "{}"), (name, "x")));

        Refused(() => ZipPackage.Check(zip)).Fault.Should().Be(ZipFault.Damaged);
        Refused(() => ZipPackage.Extract(zip, Target, CancellationToken.None)).Fault.Should().Be(ZipFault.Damaged);
        Directory.Exists(Target).Should().BeFalse();
    }

    [Fact]
    public void A_file_that_yields_more_than_it_announces_is_cut_off()
    {
        var zip = Packages.Zip(("host.json", new string('x', 1_000_000)));

        // The size of the only entry, in the archive's directory (APPNOTE.TXT of PKWARE, 4.3.12).
        BitConverter.GetBytes(10).CopyTo(zip, zip.AsSpan().IndexOf("PK\u0001\u0002"u8) + 24);

        try
        {
            ZipPackage.Extract(Write(zip), Target, CancellationToken.None);
        }
        catch (ZipPackageException)
        {
            // Refused, or cut off: either will do.
        }

        new FileInfo(Path.Combine(Target, "host.json")).Length.Should().BeLessThanOrEqualTo(10);
    }

    [Fact]
    public void More_than_the_limit_is_refused_before_anything_is_written()
    {
        var zip = Packages.Zip(("host.json", "{}"), ("one", "1"), ("two", "2"));
        var at = 0;
        while (zip.AsSpan(at).IndexOf("PK\u0001\u0002"u8) is var found and >= 0)
        {
            BitConverter.GetBytes(1_000_000_000).CopyTo(zip, at + found + 24);
            at += found + 4;
        }

        Refused(() => ZipPackage.Check(Write(zip))).Fault.Should().Be(ZipFault.TooLarge);
    }

    [Theory]
    [InlineData("index.js", "no host.json")]
    [InlineData("app/host.json", "zip what is in the folder")]
    public void What_is_no_app_is_refused_with_the_reason(string file, string reason) =>
        Refused(() => ZipPackage.Check(Write(Packages.Zip((file, "{}"))))).Message.Should().Contain(reason);

    [Fact]
    public void A_developers_settings_are_refused() =>
        Refused(() => ZipPackage.Check(Write(Packages.Zip(("host.json", "{}"), ("local.settings.json", "{}"))))).Message.Should().Contain("secrets");

    [Fact]
    public void A_name_that_is_there_twice_is_refused() =>
        Refused(() => ZipPackage.Extract(Write(Packages.Zip(("host.json", "1"), ("a", "1"), ("a/b", "2"))), Target, CancellationToken.None)).Fault.Should().Be(ZipFault.Damaged);

    [Fact]
    public void Folders_count_that_are_named_only_on_the_way_to_a_file()
    {
        var deep = Enumerable.Range(0, 210).Select(i => (string.Concat(Enumerable.Repeat($"{i}/", 1000)) + "f", "")).Prepend(("host.json", "{}"));

        Refused(() => ZipPackage.Check(Write(Packages.Zip([.. deep])))).Fault.Should().Be(ZipFault.TooLarge);
    }

    [Fact]
    public void Folders_that_many_files_share_count_once()
    {
        var shared = string.Concat(Enumerable.Repeat("folder/", 50));

        ZipPackage.Check(Write(Packages.Zip([("host.json", "{}"), .. Enumerable.Range(0, 5000).Select(i => ($"{shared}{i}", ""))])));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_directory_that_would_take_much_memory_is_not_read_to_its_end(bool isLong)
    {
        // A directory alone, all of whose entries are the same empty file.
        var name = new string('x', isLong ? 60_000 : 1);
        var count = (ZipPackage.LargestDirectory / (46 + name.Length)) + 2;
        var one = new byte[46 + name.Length];
        "PK\u0001\u0002"u8.CopyTo(one);
        BitConverter.TryWriteBytes(one.AsSpan(28), (ushort)name.Length);
        one.AsSpan(46).Fill((byte)'x');
        var zip = new MemoryStream();
        for (var i = 0; i < count; i++)
            zip.Write(one);
        var (size, entries) = ((ulong)zip.Length, (ulong)count);
        using (var writer = new BinaryWriter(zip, System.Text.Encoding.Latin1, leaveOpen: true))
        {
            writer.Write("PK\u0006\u0006"u8);
            writer.Write(44UL);
            writer.Write(0x002D002DU);
            writer.Write(0UL);
            writer.Write(entries);
            writer.Write(entries);
            writer.Write(size);
            writer.Write(0UL);
            writer.Write("PK\u0006\u0007"u8);
            writer.Write(0U);
            writer.Write(size);
            writer.Write(1U);
            writer.Write("PK\u0005\u0006"u8);
            writer.Write(0U);
            writer.Write(0xFFFFFFFFU);
            writer.Write(0xFFFFFFFFU);
            writer.Write(0xFFFFFFFFU);
            writer.Write((ushort)0);
        }

        Refused(() => ZipPackage.Check(Write(zip.ToArray()))).Message.Should().Contain($"directory has more than {ZipPackage.LargestDirectory} bytes");
    }

    [Fact]
    public void What_is_no_zip_file_is_refused() => Refused(() => ZipPackage.Check(Write("no zip"u8.ToArray()))).Fault.Should().Be(ZipFault.Damaged);

    private string Write(byte[] zip)
    {
        var file = _folder.File("a.zip");
        if (zip.Length > 0)
            File.WriteAllBytes(file, zip);
        return file;
    }

    private static ZipPackageException Refused(Action act) => act.Should().Throw<ZipPackageException>().Which;
}
