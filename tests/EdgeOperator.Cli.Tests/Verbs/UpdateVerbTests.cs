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
    public async Task Now_does_not_wait_for_a_window_and_says_whose()
    {
        (await RunAsync("update", "now", "--reason", "a hole")).Out.Should().Be("Updating base; see edgeop update status.\n");
        Agent.Calls.Should().ContainSingle().Which.Should().StartWith("update everything").And.Contain("a hole");
        (await RunAsync("update", "now", "base", "-o", "json")).Out.Should().StartWith("{").And.Contain("\"base\"");
        (await RunAsync("update", "now", "nothing")).Error.Should().Contain("the device has no SystemUpdate/nothing");
    }
}
