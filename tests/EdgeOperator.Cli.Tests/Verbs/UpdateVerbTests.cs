using System.Collections.Immutable;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Tests.Verbs;

public sealed class UpdateVerbTests : AgainstAnAgent
{
    private static readonly ResourceStatus Base = new()
    {
        Kind = "SystemUpdate",
        Name = "base",
        State = "outdated",
        Details = new Dictionary<string, string>
        {
            ["window"] = "Sat at 02:00 for 4h (Europe/Berlin): opens Sat 2026-07-04 02:00 +02:00",
            ["waiting"] = "app 1.0→2.0",
            ["lastUpdate"] = "2026-06-27T00:03:00Z Applied: lib 1.0→2.0",
        }.ToImmutableSortedDictionary(),
    };

    [Fact]
    public async Task Status_says_what_waits_for_which_window()
    {
        Agent.Status = Agent.Status with { Resources = Agent.Status.Resources.Add(Base) };

        (await RunAsync("update", "status")).Out.Should().Contain("base  outdated  Sat at 02:00 for 4h (Europe/Berlin): opens Sat 2026-07-04 02:00 +02:00  app 1.0→2.0  2026-06-27T00:03:00Z Applied: lib 1.0→2.0");
        (await RunAsync("status")).Out.Should().Contain("base: outdated; app 1.0→2.0 waiting; window Sat at 02:00 for 4h (Europe/Berlin): opens Sat 2026-07-04 02:00 +02:00");
        (await RunAsync("update", "status", "-o", "json")).Out.Should().StartWith("[").And.Contain("\"SystemUpdate\"");
    }

    [Fact]
    public async Task Status_says_that_a_reboot_waits_and_why_and_how_the_last_one_ended()
    {
        var details = Base.Details.Remove("waiting").Add("reboot", "waits (libc6 1→2): the window opens Sat").Add("lastReboot", "2026-06-27T00:05:00Z good: linux-image 1→2");
        Agent.Status = Agent.Status with { Resources = Agent.Status.Resources.Add(Base with { State = "current", Details = details }) };

        (await RunAsync("update", "status")).Out.Should().Contain("reboot waits (libc6 1→2): the window opens Sat").And.Contain("Applied: lib 1.0→2.0; reboot 2026-06-27T00:05:00Z good: linux-image 1→2");
        (await RunAsync("status")).Out.Should().Contain("base: current; reboot waits (libc6 1→2): the window opens Sat; window Sat at 02:00");
    }

    [Fact]
    public async Task Now_does_not_wait_for_a_window_and_says_whose()
    {
        (await RunAsync("update", "now", "--reason", "a hole")).Out.Should().Be("Updating base; see edgeop update status.\n");
        Agent.Calls.Should().ContainSingle().Which.Should().StartWith("update everything").And.Contain("a hole");
        (await RunAsync("update", "now", "base", "-o", "json")).Out.Should().StartWith("{").And.Contain("\"base\"");
        (await RunAsync("update", "now", "nothing")).Error.Should().Contain("the device has no SystemUpdate/nothing");
    }
}
