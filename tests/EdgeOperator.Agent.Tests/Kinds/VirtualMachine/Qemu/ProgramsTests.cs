using EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Kinds.VirtualMachine.Qemu;

public sealed class ProgramsTests : IDisposable
{
    private readonly TempFolder _path = new();

    [Fact]
    public void What_is_missing_is_named_with_its_packages()
    {
        Put("setsid", "");
        Put("ssh", "");
        Put("ssh-keygen", "");
        new QemuPrograms(_path).Missing.Should().Be("qemu-system-x86_64 and qemu-img are not in PATH: install qemu-system-x86 and qemu-utils (as Debian names them)");
        Put("qemu-img", "");
        new QemuPrograms(_path).Missing.Should().Be("qemu-system-x86_64 is not in PATH: install qemu-system-x86 (as Debian names it)");
        Put("qemu-system-x86_64", "");
        new QemuPrograms(_path).Missing.Should().BeNull();
    }

    [Theory]
    [InlineData("cat >/dev/null; exit 0", "kvm")]
    [InlineData("echo 'Assertion failed' >&2; exit 134", "tcg")]
    public async Task The_hosts_processor_is_used_when_a_trial_of_it_succeeds(string qemu, string expected)
    {
        Put("qemu-system-x86_64", qemu);
        var accelerator = new Accelerator(new($"{_path}:/usr/bin:/bin"), device: _path.Write("kvm", ""));
        (await accelerator.FindAsync(CancellationToken.None)).Should().Be(expected);
        Put("qemu-system-x86_64", "exit 1");
        (await accelerator.FindAsync(CancellationToken.None)).Should().Be(expected, "it is tried once");
    }

    [Fact]
    public async Task A_host_without_the_device_emulates()
    {
        Put("qemu-system-x86_64", "exit 0");
        (await new Accelerator(new($"{_path}:/usr/bin:/bin"), device: _path.File("none")).FindAsync(CancellationToken.None)).Should().Be("tcg");
    }

    public void Dispose() => _path.Dispose();

    private void Put(string program, string script)
    {
        var file = _path.Write(program, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
