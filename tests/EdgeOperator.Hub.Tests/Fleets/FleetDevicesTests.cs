using System.Text.Json.Nodes;
using EdgeOperator.Core.Twins;
using EdgeOperator.Hub.Fleets;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Tests.Fleets;

/// <summary>Which fleet a device is in.</summary>
public sealed class FleetDevicesTests
{
    private readonly FleetDevices _devices = new(null!);

    [Fact(DisplayName = "flightctl-ui 323: a device that two fleets select stays where it was, and both say so")]
    public void A_device_of_two_fleets_stays_where_it_was()
    {
        StoredFleet[] one = [Fleet("tills", "role: till")], two = [Fleet("a-late-one", "site: berlin"), .. one];
        See(one, _ => false);
        See(two, fleet => fleet == "tills");

        _devices.Of("tills").Should().ContainSingle();
        _devices.Of("a-late-one").Should().BeEmpty();
        _devices.ElsewhereOf("a-late-one").Should().Equal("till-1");
        _devices.ElsewhereOf("tills").Should().BeEmpty();
    }

    [Fact]
    public void A_device_that_no_fleet_had_before_is_in_the_first_by_name_and_in_no_other()
    {
        See([Fleet("a", "role: till"), Fleet("b", "site: berlin")], _ => false);

        (_devices.Of("a").Count, _devices.Of("b").Count).Should().Be((1, 0));
    }

    [Fact]
    public void A_device_whose_fleet_lets_go_of_it_joins_the_other_one()
    {
        StoredFleet[] both = [Fleet("a", "role: till"), Fleet("b", "site: berlin")];
        See(both, _ => false);
        See([both[1]], fleet => fleet == "a");

        (_devices.Of("a").Count, _devices.Of("b").Count).Should().Be((0, 1));
        _devices.ElsewhereOf("b").Should().BeEmpty();
    }

    private void See(StoredFleet[] fleets, Func<string, bool> keeps)
    {
        var twin = Twin.Initial with { Tags = new() { ["labels"] = new JsonObject { ["role"] = "till", ["site"] = "berlin" } } };
        _devices.See(new TwinRow(new(new("till-1"), "1", "1"), twin, Presence.Never, 0), fleets, (fleet, _) => keeps(fleet));
    }

    private static StoredFleet Fleet(string name, string label)
    {
        var spec = new JsonObject
        {
            ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { [label.Split(": ")[0]] = label.Split(": ")[1] } },
            ["source"] = new JsonObject { ["ref"] = new JsonObject { ["commit"] = HubWithFleet.Commit('a') } },
        };
        return new(name, "1", spec, DateTimeOffset.UnixEpoch, "ann");
    }
}
