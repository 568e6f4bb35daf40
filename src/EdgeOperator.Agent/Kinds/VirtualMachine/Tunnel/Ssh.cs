using System.Collections.Immutable;
using System.ComponentModel;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;

/// <summary>OpenSSH's programs, run in an environment that inherits nothing but PATH.</summary>
internal static class Ssh
{
    public static ImmutableSortedDictionary<string, string> Environment { get; } = ImmutableSortedDictionary<string, string>.Empty
        .Add("PATH", System.Environment.GetEnvironmentVariable("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin");

    /// <summary>A program's absolute path; sshd wants to be called by it, and Debian keeps it out of users' PATH.</summary>
    /// <exception cref="SshTunnelException">It is not there.</exception>
    public static string Find(string program) =>
        $"{Environment["PATH"]}:/usr/sbin:/usr/local/sbin".Split(':', StringSplitOptions.RemoveEmptyEntries).Select(f => Path.Combine(f, program)).FirstOrDefault(File.Exists)
        ?? throw NotFound(program);

    /// <summary>Runs a program that must succeed, and whose output is of no interest.</summary>
    /// <exception cref="SshTunnelException">It is missing or failed.</exception>
    public static async Task RunAsync(string program, ImmutableArray<string> arguments, CancellationToken cancellation)
    {
        var result = await RunAsync(program, arguments, default, (s, c) => s.CopyToAsync(Stream.Null, c), cancellation);
        if (result.ExitCode != 0)
            throw new SshTunnelException($"{program} failed: {result.Errors.Trim()}");
    }

    /// <exception cref="SshTunnelException">It is missing.</exception>
    public static async Task<ChildResult> RunAsync(
        string program, ImmutableArray<string> arguments, ReadOnlyMemory<byte> input, Func<Stream, CancellationToken, Task> read, CancellationToken cancellation)
    {
        try
        {
            return await ChildProcess.RunAsync(program, arguments, Environment, "/", input, read, cancellation);
        }
        catch (Win32Exception e)
        {
            throw NotFound(program, e);
        }
    }

    private static SshTunnelException NotFound(string program, Exception? cause = null) =>
        new($"there is no {program} on this device: install OpenSSH (on Debian: {(program == "sshd" ? "openssh-server" : "openssh-client")})", cause);
}
