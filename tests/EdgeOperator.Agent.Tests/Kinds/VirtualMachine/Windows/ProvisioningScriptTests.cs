using System.Diagnostics;
using EdgeOperator.Agent.Kinds.VirtualMachine.Windows;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Kinds.VirtualMachine.Windows;

/// <summary>Scripts that guests are given, run by this machine's shell in a folder of its own.</summary>
public sealed class ProvisioningScriptTests : IDisposable
{
    private readonly TempFolder _guest = new();

    public void Dispose() => _guest.Dispose();

    [Fact]
    public void Files_arrive_byte_for_byte_with_their_modes_and_commands_run_in_order()
    {
        byte[] content = [.. Enumerable.Range(0, 3000).Select(i => (byte)i)];
        var provisioning = new MachineProvisioning
        {
            Files = [new($"{_guest}/etc/it's here/a.bin", content, 0x180, null), new($"{_guest}/empty", ReadOnlyMemory<byte>.Empty, 0x1ed, "root:root")],
            Commands = [$"echo \"one's\" > {_guest}/order", $"cat; echo two >> {_guest}/order"],
        };

        var (exitCode, errors) = Run(provisioning);

        exitCode.Should().Be(0, errors);
        File.ReadAllBytes($"{_guest}/etc/it's here/a.bin").Should().Equal(content);
        File.GetUnixFileMode($"{_guest}/etc/it's here/a.bin").Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode($"{_guest}/empty").Should().HaveFlag(UnixFileMode.OtherExecute);
        File.ReadAllText($"{_guest}/order").Should().Be("one's\ntwo\n");
        File.ReadAllText($"{_guest}/notes/provisioned").Should().Be($"{provisioning.Hash}\n");
        Run(provisioning).ExitCode.Should().Be(0);
    }

    [Fact]
    public void The_part_that_failed_is_named_and_nothing_is_noted()
    {
        var (exitCode, errors) = Run(new() { Commands = ["true", "exit 7", $"touch {_guest}/never"] });

        exitCode.Should().Be(7);
        errors.Should().Contain("command 2 failed");
        File.Exists($"{_guest}/never").Should().BeFalse();
        File.Exists($"{_guest}/notes/provisioned").Should().BeFalse();
    }

    [Fact]
    public void A_guest_s_report_names_its_boot_and_what_was_noted()
    {
        Run(new() { Commands = ["true"] }).ExitCode.Should().Be(0);

        var report = EdgeOperator.Agent.Kinds.VirtualMachine.Qemu.GuestReportText.Parse(Shell(ReportScript.Line($"{_guest}/notes"), "").Output);

        report!.BootId.Should().Be(File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim());
        report.Provisioned.Should().Be(new MachineProvisioning { Commands = ["true"] }.Hash);
        report.MemoryTotal.Should().BeGreaterThan(report.MemoryAvailable);
        report.DiskTotal.Should().BeGreaterThan(report.DiskUsed);
        report.Image.Should().NotBeNullOrEmpty();
    }

    private (int ExitCode, string Errors) Run(MachineProvisioning provisioning)
    {
        var (exitCode, _, errors) = Shell(null, ProvisioningScript.Of(provisioning, $"{_guest}/notes", provisioning.Hash));
        return (exitCode, errors);
    }

    private static (int ExitCode, string Output, string Errors) Shell(string? line, string input)
    {
        var start = new ProcessStartInfo("/bin/sh", line is null ? ["-s"] : ["-c", line])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var shell = Process.Start(start)!;
        shell.StandardInput.Write(input);
        shell.StandardInput.Close();
        var errors = shell.StandardError.ReadToEndAsync();
        var output = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();
        return (shell.ExitCode, output, errors.Result);
    }
}
