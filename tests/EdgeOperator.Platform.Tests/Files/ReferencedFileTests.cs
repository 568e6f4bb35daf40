using System.Net.Sockets;
using EdgeOperator.Platform.Files;
using EdgeOperator.Platform.Streams;
using EdgeOperator.Testing;

namespace EdgeOperator.Platform.Tests.Files;

public sealed class ReferencedFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public void Dispose()
    {
        _socket.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_file_is_read_whole_and_links_to_it_are_followed()
    {
        File.CreateSymbolicLink(_folder.File("link"), _folder.Write("key", "s3cret\n"));

        ReferencedFile.ReadText(_folder.File("key")).Should().Be("s3cret\n");
        ReferencedFile.ReadText(_folder.File("link")).Should().Be("s3cret\n");
        FluentActions.Invoking(() => ReferencedFile.Check(_folder.File("link"))).Should().NotThrow();
    }

    [Theory]
    [InlineData("pipe")]
    [InlineData("socket")]
    [InlineData("folder")]
    [InlineData("/dev/zero")]
    [InlineData("/dev/null")]
    [InlineData("link to /dev/zero")]
    [InlineData("link to a pipe")]
    public async Task What_is_no_regular_file_is_not_opened(string kind)
    {
        var path = await MakeAsync(kind);

        foreach (var read in (Action<string>[])[ReferencedFile.Check, p => ReferencedFile.ReadText(p), p => ReferencedFile.OpenRead(p).Dispose()])
            FluentActions.Invoking(() => read(path)).Should().Throw<IOException>().WithMessage($"{path} is a *, not a*");
    }

    [Fact]
    public void A_file_that_is_being_written_by_who_locks_it_is_not_read()
    {
        using var held = new FileStream(_folder.Write("key", "half"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        FluentActions.Invoking(() => ReferencedFile.ReadText(_folder.File("key"))).Should().Throw<IOException>().WithMessage($"*{_folder}/key*");
    }

    [Fact]
    public void What_is_missing_is_said_to_be_missing()
    {
        File.CreateSymbolicLink(_folder.File("nowhere"), "/nowhere/key");

        foreach (var path in (string[])["/nowhere/key", _folder.File("none"), _folder.File("nowhere"), Path.Combine(_folder.Write("key", ""), "below")])
            FluentActions.Invoking(() => ReferencedFile.ReadText(path)).Should().Throw<FileNotFoundException>().WithMessage($"*{path}*");
    }

    [Fact]
    public void A_file_larger_than_any_of_its_kind_is_refused_before_it_is_read()
    {
        using (var sparse = File.Create(_folder.File("huge")))
            sparse.SetLength(8L << 30);

        FluentActions.Invoking(() => ReferencedFile.ReadText(_folder.File("huge"), limit: 100)).Should().Throw<InputTooLargeException>().WithMessage("*/huge has more than 100 bytes");
        FluentActions.Invoking(() => ReferencedFile.Check(_folder.File("huge"))).Should().Throw<InputTooLargeException>();
    }

    [Fact]
    public void A_file_of_proc_which_says_that_it_is_empty_is_read_up_to_the_limit()
    {
        ReferencedFile.ReadText("/proc/sys/kernel/ostype").Should().Be("Linux\n");
        FluentActions.Invoking(() => ReferencedFile.ReadText("/proc/cpuinfo", limit: 10)).Should().Throw<InputTooLargeException>();
    }

    private async Task<string> MakeAsync(string kind)
    {
        var path = _folder.File("it");
        switch (kind)
        {
            case "pipe":
                await Shell.RunAsync("mkfifo", path);
                break;
            case "socket":
                _socket.Bind(new UnixDomainSocketEndPoint(path));
                break;
            case "folder":
                Directory.CreateDirectory(path);
                break;
            case "link to a pipe":
                await Shell.RunAsync("mkfifo", path + "-pipe");
                File.CreateSymbolicLink(path, path + "-pipe");
                break;
            case "link to /dev/zero":
                File.CreateSymbolicLink(path, "/dev/zero");
                break;
            default:
                return kind;
        }

        return path;
    }
}
