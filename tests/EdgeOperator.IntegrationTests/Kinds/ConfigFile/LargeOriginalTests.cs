using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;
using EdgeOperator.Platform.Files;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.ConfigFile;

/// <summary>What was there before is large: passes go on while it is copied.</summary>
public sealed class LargeOriginalTests : FileFixture
{
    private const long Size = 64 * 1024 * 1024;

    [Fact]
    public async Task It_is_copied_beside_the_passes_and_put_back_so()
    {
        var file = ConfigFile(At("app.conf"));
        await File.WriteAllBytesAsync(file.File.Path, new byte[Size]);

        (await WriteAsync(file)).Should().BeOfType<StepOutcome.Pending>();
        await Eventually.SucceedsAsync(async () => (await WriteAsync(file)).Should().BeOfType<StepOutcome.Succeeded>());
        (await File.ReadAllTextAsync(file.File.Path)).Should().Be("desired");

        (await RestoreAsync(file.File.Path)).Should().BeOfType<StepOutcome.Pending>();
        await Eventually.SucceedsAsync(async () => (await RestoreAsync(file.File.Path)).Should().BeOfType<StepOutcome.Succeeded>());
        new FileInfo(file.File.Path).Length.Should().Be(Size);
    }

    [Fact]
    public async Task Other_files_are_written_while_gigabytes_are_copied_and_nobody_else_writes_that_path()
    {
        var file = ConfigFile(At("app.conf"));
        Grow(file.File.Path, 3L << 30);
        (await WriteAsync(file)).Should().BeOfType<StepOutcome.Pending>();

        await WrittenAsync(ConfigFile(At("other.conf"), name: "other"));
        (await RestoreAsync(file.File.Path)).Should().BeOfType<StepOutcome.Pending>();

        await WrittenInBackgroundAsync(file);
        IsSparse(Directory.GetFiles(Path.Combine(State, "files"), "*.original").Single(f => !f.Contains("absent", StringComparison.Ordinal)));
        await Eventually.SucceedsAsync(async () => (await RestoreAsync(file.File.Path)).Should().BeOfType<StepOutcome.Succeeded>(), TimeSpan.FromMinutes(2));
        IsSparse(file.File.Path);
    }

    [Fact]
    public async Task It_is_not_copied_to_a_disk_that_it_would_fill()
    {
        await using var disk = await TinyDisk.MountAsync(kilobytes: 80 * 1024);
        Restart(disk.Path);
        var file = ConfigFile(At("app.conf"));
        var content = new byte[20 * 1024 * 1024];
        new Random(1).NextBytes(content);
        await File.WriteAllBytesAsync(file.File.Path, content);

        await Eventually.SucceedsAsync(async () => (await WriteAsync(file)).Should().BeOfType<StepOutcome.Retry>().Which.Should().Match<StepOutcome.Retry>(r => r.Reason == "DiskFull" && r.Fault == Fault.Device));

        Directory.GetFiles(disk.Path, "*", SearchOption.AllDirectories).Should().BeEmpty();
        (await File.ReadAllBytesAsync(file.File.Path)).AsSpan().SequenceEqual(content).Should().BeTrue();
        Restart();
    }

    [Fact]
    public async Task An_agent_that_ends_does_not_wait_for_the_copy()
    {
        var file = ConfigFile(At("app.conf"));
        Grow(file.File.Path, 4L << 30);
        await WriteAsync(file);

        Restart();

        new FileInfo(file.File.Path).Length.Should().Be(4L << 30);
    }

    [Fact]
    public async Task It_is_not_read_only_to_be_looked_at()
    {
        var file = ConfigFile(At("app.conf"));
        Grow(file.File.Path, 1L << 40);

        (await ObserveAsync(file)).Should().Match<ObservedConfigFile>(f => f.Exists && f.ContentHash == "");
    }

    [Fact]
    public async Task One_that_is_too_large_stays_where_it_is()
    {
        var file = ConfigFile(At("app.conf"));
        Grow(file.File.Path, 9L << 30);

        await Eventually.SucceedsAsync(async () => (await WriteAsync(file)).Should().BeOfType<StepOutcome.Terminal>().Which.Reason.Should().Be("OriginalTooLarge"));
        new FileInfo(file.File.Path).Length.Should().Be(9L << 30);
    }

    private static void IsSparse(string path)
    {
        var status = FileStatus.Of(path)!.Value;
        status.Size.Should().Be(3UL << 30);
        status.Allocated.Should().BeLessThan(1 << 20);
    }

    private Task WrittenInBackgroundAsync(ConfigFileResource file) =>
        Eventually.SucceedsAsync(async () => (await WriteAsync(file)).Should().BeOfType<StepOutcome.Succeeded>(), TimeSpan.FromMinutes(2));

    /// <summary>Without taking room on the disk.</summary>
    private static void Grow(string path, long size)
    {
        using var file = new FileStream(path, FileMode.Create);
        file.SetLength(size);
    }
}
