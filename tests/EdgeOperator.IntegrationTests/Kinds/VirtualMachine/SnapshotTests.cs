using System.Runtime.Versioning;
using EdgeOperator.Agent.Kinds.VirtualMachine;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

[Collection(SharedGuest.Name)]
[SupportedOSPlatform("linux")]
public sealed class SnapshotTests(MinimalGuest image)
{
    [Fact]
    public async Task What_a_guest_had_comes_back_with_a_snapshot_that_was_made_while_it_ran()
    {
        await using var machine = new QemuMachine(image.Image);
        await machine.BootAsync();
        await machine.InGuestAsync("echo before >/data/note");
        await Of(machine).CreateAsync("m", "first", CancellationToken.None);
        await machine.InGuestAsync("echo after >/data/note; echo more >/data/other; sync");
        await RefusedAsync(Of(machine).CreateAsync("m", "first", CancellationToken.None), "SnapshotExists");
        await RefusedAsync(Of(machine).RestoreAsync("m", "first", CancellationToken.None), "StillRunning");
        await RefusedAsync(Of(machine).RestoreAsync("m", "none", CancellationToken.None), ControlException.NotFound);

        await QemuMachine.SucceedsAsync(machine.StopAsync());
        await Of(machine).CreateAsync("m", "second", CancellationToken.None);
        await Of(machine).RestoreAsync("m", "first", CancellationToken.None);
        await QemuMachine.SucceedsAsync(machine.StartAsync());
        await machine.RunningAsync();
        (await machine.InGuestAsync("cat /data/note; ls /data/other 2>/dev/null || echo gone")).Should().Be("before\ngone");

        (await Of(machine).ListAsync("m", CancellationToken.None)).Select(s => (s.Name, s.IsAutomatic)).Should().Equal(("first", false), ("second", false));
        await Of(machine).DeleteAsync("m", "second", CancellationToken.None);
        await Of(machine).DeleteAsync("m", "first", CancellationToken.None);
        (await Of(machine).ListAsync("m", CancellationToken.None)).Should().BeEmpty();
        (await machine.InGuestAsync("cat /data/note")).Should().Be("before");
    }

    [Fact]
    public async Task There_is_one_before_another_image_and_of_those_the_last_two()
    {
        await using var machine = new QemuMachine(image.Image);
        await QemuMachine.SucceedsAsync(machine.FetchAsync());
        await RunFromAsync(image.Sha256);
        string[] others = [.. "bcd".Select(c => new string(c, 64))];
        foreach (var other in others)
        {
            // The same content by another name: what matters is that it is another image.
            File.Copy(Path.Combine(machine.Images, image.Sha256 + ".qcow2"), Path.Combine(machine.Images, other + ".qcow2"));
            await RunFromAsync(other);
        }

        (await Of(machine).ListAsync("m", CancellationToken.None)).Select(s => (s.Name, s.IsAutomatic)).Should().BeEquivalentTo([($"auto-before-{others[1][..12]}", true), ($"auto-before-{others[2][..12]}", true)]);

        async Task RunFromAsync(string hash)
        {
            machine.Shape = machine.Shape with { Image = image.Image with { Sha256 = hash } };
            await QemuMachine.SucceedsAsync(machine.StartAsync());
            machine.Machine = machine.Machine with { StopTimeout = TimeSpan.Zero };
            await QemuMachine.SucceedsAsync(machine.StopAsync());
        }
    }

    private static IMachineSnapshots Of(QemuMachine machine) => machine.Driver.Snapshots!;

    private static async Task RefusedAsync(Task attempt, string reason) =>
        (await FluentActions.Awaiting(() => attempt).Should().ThrowAsync<ControlException>()).Which.Reason.Should().Be(reason);
}
