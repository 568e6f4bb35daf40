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
