using EdgeOperator.Platform.Files;
using EdgeOperator.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Platform.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Target => Path.Combine(_folder, "file");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read_back_whatever_was_there_before() =>
        Prop.ForAll<byte[], byte[]>((before, content) =>
        {
            File.WriteAllBytes(Target, before);
            AtomicFile.Write(Target, content);
            return File.ReadAllBytes(Target).SequenceEqual(content) && Directory.GetFiles(_folder).Length == 1;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task A_reader_sees_the_old_or_the_new_content_never_a_mixture()
    {
        var versions = Enumerable.Range(0, 8).Select(i => Enumerable.Repeat((byte)i, 100_000 + i).ToArray()).ToArray();
        AtomicFile.Write(Target, versions[0]);
        using var done = new CancellationTokenSource();
        var reader = Task.Run(() =>
        {
            var reads = 0;
            while (!done.IsCancellationRequested || reads == 0)
            {
                var seen = File.ReadAllBytes(Target);
                versions.Any(v => v.AsSpan().SequenceEqual(seen)).Should().BeTrue();
                reads++;
            }
        });

        for (var i = 0; i < 200; i++)
        {
            AtomicFile.Write(Target, versions[i % versions.Length]);
        }

        await done.CancelAsync();
        await reader;
    }

    [Fact]
    public void A_write_that_fails_halfway_leaves_the_old_file_and_nothing_else()
    {
        File.WriteAllText(Target, "old");

        var write = () => AtomicFile.Write(Target, stream =>
        {
            stream.Write("ne"u8);
            throw new IOException("No space left on device");
        });

        write.Should().Throw<IOException>();
        File.ReadAllText(Target).Should().Be("old");
        Directory.GetFiles(_folder).Should().ContainSingle();
    }

    [Fact]
    public void What_a_crash_left_is_taken_over_by_the_next_write()
    {
        File.WriteAllText(Path.Combine(_folder, AtomicFile.TemporaryName("file")), "half a fi");

        AtomicFile.Write(Target, "whole"u8.ToArray());

        Directory.GetFiles(_folder).Should().Equal(Target);
        File.ReadAllText(Target).Should().Be("whole");
    }

    [Fact]
    public void A_symlink_in_the_place_of_the_temporary_file_is_not_followed()
    {
        var victim = _folder.Write("victim", "untouched");
        File.CreateSymbolicLink(Path.Combine(_folder, AtomicFile.TemporaryName("file")), victim);

        AtomicFile.Write(Target, "new"u8.ToArray());

        File.ReadAllText(victim).Should().Be("untouched");
        File.ReadAllText(Target).Should().Be("new");
    }

    [Fact]
    public void A_symlink_at_the_path_is_replaced_not_written_through()
    {
        var victim = _folder.Write("victim", "untouched");
        File.CreateSymbolicLink(Target, victim);

        AtomicFile.Write(Target, "new"u8.ToArray());

        File.ReadAllText(victim).Should().Be("untouched");
        new FileInfo(Target).LinkTarget.Should().BeNull();
    }

    [Fact]
    public void Mode_is_exact_whatever_the_umask()
    {
        const UnixFileMode Everything = (UnixFileMode)0b111_111_111;

        AtomicFile.Write(Target, "x"u8.ToArray(), Everything);
        File.GetUnixFileMode(Target).Should().Be(Everything);

        AtomicFile.Write(Target, "x"u8.ToArray());
        File.GetUnixFileMode(Target).Should().Be(AtomicFile.Private);
    }

    [Fact]
    public void A_name_of_the_longest_length_can_be_written()
    {
        var path = Path.Combine(_folder, new string('n', 255));

        AtomicFile.Write(path, "x"u8.ToArray());

        File.ReadAllText(path).Should().Be("x");
    }
}
