using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using EdgeOperator.Agent.Kinds.SystemUpdate.Releases;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Kinds.SystemUpdate.Releases;

[SupportedOSPlatform("linux")]
public sealed class ReleaseArchiveTests : IDisposable
{
    private static readonly string Label = $"version=0.2.0\nplatform=linux-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}\n";

    private readonly TempFolder _folder = new("rel");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Its_programs_are_unpacked_with_the_right_to_run_them()
    {
        await UnpackAsync(File("./RELEASE", Label), File("./edgeop", "program", executable: true));

        System.IO.File.ReadAllText(_folder.File("out/edgeop")).Should().Be("program");
        System.IO.File.GetUnixFileMode(_folder.File("out/edgeop")).Should().HaveFlag(UnixFileMode.OtherExecute);
        System.IO.File.GetUnixFileMode(_folder.File("out/RELEASE")).Should().NotHaveFlag(UnixFileMode.UserExecute);
    }

    [Theory]
    [InlineData("../edgeop")]
    [InlineData("/edgeop")]
    [InlineData("a/../../edgeop")]
    [InlineData("bin/edgeop")]
    [InlineData(".sha256")]
    public async Task A_file_elsewhere_than_at_its_top_is_refused(string name)
    {
        await Unpacking(File("RELEASE", Label), File(name, "program", executable: true)).Should().ThrowAsync<ReleaseException>().WithMessage("*no plain file*");

        Directory.GetFiles(_folder, "edgeop", SearchOption.AllDirectories).Should().BeEmpty();
    }

    [Fact]
    public async Task A_link_is_refused() =>
        await Unpacking(File("RELEASE", Label), new PaxTarEntry(TarEntryType.SymbolicLink, "edgeop") { LinkName = "/bin/sh" }).Should().ThrowAsync<ReleaseException>().WithMessage("*no plain file*");

    [Fact]
    public async Task Another_version_or_platform_than_was_asked_for_is_refused()
    {
        await Unpacking(File("RELEASE", Label.Replace("0.2.0", "0.1.0")), File("edgeop", "program")).Should().ThrowAsync<ReleaseException>().WithMessage("it is no release of version 0.2.0: its file RELEASE says \"version=0.1.0\"");
        await Unpacking(File("RELEASE", "version=0.2.0\nplatform=linux-z80\n"), File("edgeop", "program")).Should().ThrowAsync<ReleaseException>().WithMessage("it is no release for linux-*\"platform=linux-z80\"");
        await Unpacking(File("edgeop", "program")).Should().ThrowAsync<ReleaseException>().WithMessage("*says \"nothing\"");
        await Unpacking(File("RELEASE", Label)).Should().ThrowAsync<ReleaseException>().WithMessage("it has no program edgeop");
    }

    [Fact]
    public async Task What_is_no_archive_is_refused()
    {
        var file = _folder.Write("archive", "no archive");

        await FluentActions.Awaiting(() => ReleaseArchive.UnpackAsync(file, _folder.File("out"), "0.2.0", CancellationToken.None)).Should().ThrowAsync<ReleaseException>().WithMessage("it is no gzipped tar archive*");
    }

    private Func<Task> Unpacking(params TarEntry[] entries) => FluentActions.Awaiting(() => UnpackAsync(entries));

    private async Task UnpackAsync(params TarEntry[] entries)
    {
        var archive = _folder.File("archive");
        await using (var file = System.IO.File.Create(archive))
        {
            await using var zip = new GZipStream(file, CompressionLevel.Fastest);
            await using var tar = new TarWriter(zip);
            foreach (var entry in entries)
                await tar.WriteEntryAsync(entry);
        }

        if (Directory.Exists(_folder.File("out")))
            Directory.Delete(_folder.File("out"), recursive: true);
        await ReleaseArchive.UnpackAsync(archive, _folder.File("out"), "0.2.0", CancellationToken.None);
    }

    private static PaxTarEntry File(string name, string content, bool executable = false) => new(TarEntryType.RegularFile, name)
    {
        DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)),
        Mode = executable ? UnixFileMode.UserRead | UnixFileMode.UserExecute : UnixFileMode.UserRead,
    };
}
