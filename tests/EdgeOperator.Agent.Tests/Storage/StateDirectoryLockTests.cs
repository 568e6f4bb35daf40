using System.Diagnostics;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Storage;

public sealed class StateDirectoryLockTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_second_agent_is_told_who_holds_the_directory()
    {
        using var first = StateDirectoryLock.Acquire(_folder);

        var second = () => StateDirectoryLock.Acquire(_folder);

        second.Should().Throw<IOException>().WithMessage($"*{_folder.Path} is in use by another agent (pid {Environment.ProcessId})*");
    }

    [Fact]
    public void A_released_directory_can_be_taken_again()
    {
        StateDirectoryLock.Acquire(_folder).Dispose();

        using var again = StateDirectoryLock.Acquire(_folder);
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
    public void The_directory_is_made_for_the_agents_user_alone()
    {
        var directory = Path.Combine(_folder, "new");

        using var held = StateDirectoryLock.Acquire(directory);

        File.GetUnixFileMode(directory).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private bool CanAcquire()
    {
        try
        {
            StateDirectoryLock.Acquire(_folder).Dispose();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
