using System.Diagnostics;
using System.Text;
using System.Text.Json;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Tests.Machines;

/// <summary>edgeop as a process, with a script in the place of wsl.exe that notes its arguments and really runs what they say.</summary>
public sealed class WindowsGuestExecTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("eo").FullName;

    public WindowsGuestExecTests()
    {
        File.WriteAllText(In("agent.yaml"), $"device: {{id: press-7}}\nstateDirectory: {In("state")}\n");
        File.WriteAllText(In("wsl.exe"), $"#!/bin/sh\nprintf '%s\\n' \"$WSLENV\" \"$@\" > '{In("called")}'\n[ \"$1$2$3$5$6$7\" = '-dtools-u--cd~--exec' ] || exit 99\nshift 7\nexec \"$@\"\n");
        File.SetUnixFileMode(In("wsl.exe"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var access = new MachineAccess
        {
            Name = "tools",
            Distribution = "tools",
            Program = In("wsl.exe"),
            User = "operator",
            SharedFolders = [new(@"C:\Shared", "/srv/shared", ReadOnly: false), new("D:", "/mnt/d", ReadOnly: false)],
            Interop = true,
            Env = ["PRESS_ID"],
        };
        Directory.CreateDirectory(In("state/vms/tools"));
        File.WriteAllText(In("state/vms/tools/access.json"), JsonSerializer.Serialize(access, AccessJson.Default.MachineAccess));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_program_reads_prints_complains_and_ends_as_if_it_ran_here()
    {
        var (exitCode, output, errors) = Run("bytes\0in", "vm", "exec", "--config", In("agent.yaml"), "tools", "sh", "-c", "cat; echo \"$1\" >&2; exit 7", "--", "it's \"all\" $HOME");

        (exitCode, output, errors).Should().Be((7, "bytes\0in", "it's \"all\" $HOME\n"));
        File.ReadLines(In("called")).Take(6).Should().Equal("PRESS_ID", "-d", "tools", "-u", "operator", "--cd");
    }

    [Fact]
    public void A_program_that_is_not_there_ends_with_127() =>
        Run("", "vm", "exec", "--config", In("agent.yaml"), "tools", "no-such-program").ExitCode.Should().Be(127);

    [Fact]
    public void A_wsl_exe_that_is_not_there_is_told()
    {
        File.Delete(In("wsl.exe"));

        var (exitCode, _, errors) = Run("", "vm", "shell", "--config", In("agent.yaml"), "tools");

        exitCode.Should().Be(ExitCode.Failed);
        errors.Should().Contain("wsl.exe can't be started");
    }

    [Theory]
    [InlineData(@"c:\shared\a b\..\c", "/srv/shared/c")]
    [InlineData(@"D:\", "/mnt/d/")]
    [InlineData("/srv/shared/x", @"C:\Shared\x", "-w")]
    [InlineData("/srv/shared/x", "C:/Shared/x", "-m")]
    [InlineData("/etc/fstab", @"\\wsl.localhost\tools\etc\fstab", "-w")]
    public async Task Paths_are_those_of_Windows(string path, string expected, params string[] options) =>
        (await Edgeop.RunAsync(["vm", "path", .. options, path, "--config", In("agent.yaml")])).Should().Be(new Run(0, expected + "\n", ""));

    private string In(string name) => Path.Combine(_folder, name);

    private static (int ExitCode, string Output, string Errors) Run(string input, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "edgeop.dll"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        })!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.GetAwaiter().GetResult());
    }
}
