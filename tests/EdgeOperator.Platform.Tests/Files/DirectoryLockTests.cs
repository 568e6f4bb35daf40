using System.Diagnostics;
using EdgeOperator.Platform.Files;
using EdgeOperator.Testing;

namespace EdgeOperator.Platform.Tests.Files;

public sealed class DirectoryLockTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_second_process_learns_who_holds_the_directory()
    {
        using var first = DirectoryLock.Acquire(_folder, "agent");

        var second = () => DirectoryLock.Acquire(_folder, "agent");

        second.Should().Throw<DirectoryInUseException>().WithMessage($"*{_folder.Path} is in use by another agent (pid {Environment.ProcessId})*");
    }

    [Fact]
    public void A_released_directory_can_be_taken_again()
    {
        DirectoryLock.Acquire(_folder, "agent").Dispose();

        using var again = DirectoryLock.Acquire(_folder, "agent");
    }

    [Fact]
    public void A_file_in_the_place_of_the_directory_itself_is_somebody_s_and_stays()
    {
        var file = _folder.Write("agent.yaml", "kind: AgentConfiguration");

        var acquire = () => DirectoryLock.Acquire(file, "agent");

        acquire.Should().Throw<IOException>().WithMessage($"{file} is no directory: name another path*");
        File.ReadAllText(file).Should().Be("kind: AgentConfiguration");
        Directory.GetFileSystemEntries(_folder).Should().Equal(file);
    }

    [Theory]
    [InlineData(Damage.LinkInItsPlace)]
    [InlineData(Damage.PipeInItsPlace)]
    [InlineData(Damage.FolderInItsPlace)]
    public void Something_else_in_the_place_of_its_files_gives_way(Damage damage)
    {
        DirectoryLock.Acquire(_folder, "agent").Dispose();
        damage.Apply(_folder.File("agent.lock"));
        damage.Apply(_folder.File("agent.pid"));

        using var again = DirectoryLock.Acquire(_folder, "agent");

        FileStatus.Of(_folder.File("agent.lock"))!.Value.IsFile.Should().BeTrue();
        File.ReadAllText(_folder.File("agent.pid")).Should().Be($"{Environment.ProcessId}\n");
    }

    [Fact]
    public void A_link_in_the_place_of_its_files_is_not_written_through()
    {
        var other = _folder.Write("other", "theirs");
        File.CreateSymbolicLink(_folder.File("agent.pid"), other);

        using var held = DirectoryLock.Acquire(_folder, "agent");

        File.ReadAllText(other).Should().Be("theirs");
    }

    [Fact]
    public async Task A_killed_holder_holds_nothing()
    {
        var path = Path.Combine(_folder, "agent.lock");
        await File.WriteAllTextAsync(path, "");

        // Any process with the kernel's lock stands for an agent.
        using var holder = Process.Start("flock", [path, "sleep", "60"]);
        await Eventually.TrueAsync("the directory is held", () => !CanAcquire());

        holder.Kill(entireProcessTree: true);
        await Eventually.TrueAsync("the directory is free", CanAcquire);
    }

    [Fact]
    public async Task A_directory_on_a_full_disk_can_be_taken()
    {
        await using var disk = await TinyDisk.MountAsync(kilobytes: 64);
        DirectoryLock.Acquire(disk.Path, "agent").Dispose();
        await File.WriteAllTextAsync(Path.Combine(disk.Path, "agent.pid"), "");
        disk.Fill();

        using var held = DirectoryLock.Acquire(disk.Path, "agent");

        var second = () => DirectoryLock.Acquire(disk.Path, "agent");
        second.Should().Throw<DirectoryInUseException>().WithMessage("*(its pid is not known)*");
    }

    [Fact]
    public void The_directory_is_created_for_its_user_alone()
    {
        var directory = Path.Combine(_folder, "new");

        using var held = DirectoryLock.Acquire(directory, "agent");

        File.GetUnixFileMode(directory).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private bool CanAcquire()
    {
        try
        {
            DirectoryLock.Acquire(_folder, "agent").Dispose();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
