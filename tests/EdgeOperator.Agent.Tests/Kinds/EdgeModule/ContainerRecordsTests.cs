using System.Collections.Immutable;
using EdgeOperator.Agent.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Kinds.EdgeModule;

public sealed class ContainerRecordsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Containers_of_older_versions_are_the_agents_when_the_engine_is_first_observed()
    {
        var records = new ContainerRecords(_folder);
        records.Owns("old", "web", instance: null, isInherited: false).Should().BeTrue();
        records.ChangesOf("old", null, Limits("Memory", "1"), () => Limits("Memory", "1"));
        records.Settle(Present("old"));

        records = new(_folder);
        records.Owns("old", "web", instance: null, isInherited: false).Should().BeTrue();
        records.Owns("copy", "other", instance: null, isInherited: false).Should().BeFalse();
    }

    [Fact]
    public void A_copy_of_a_container_is_somebody_elses()
    {
        var records = new ContainerRecords(_folder);
        var instance = records.NewInstance("web");
        records.Add("own", instance);
        records.Settle(Present("own"));

        records.Owns("own", "web", instance, isInherited: false).Should().BeTrue();
        records.Owns("copy", "other", instance, isInherited: false).Should().BeFalse();
        records.Owns("image", "other", instance, isInherited: true).Should().BeFalse();
    }

    [Fact]
    public void One_that_was_created_and_not_recorded_is_known_by_its_label()
    {
        var records = new ContainerRecords(_folder);
        records.Settle(Present());
        var instance = records.NewInstance("web");

        records = new(_folder);
        records.Owns("own", "web", instance, isInherited: false).Should().BeTrue();
        records.Owns("own", "web", instance + "0", isInherited: false).Should().BeFalse();
        records.Owns("own", "web", "", isInherited: false).Should().BeFalse();
        records.Owns("own", "web", "a.b.c", isInherited: false).Should().BeFalse();
    }

    [Theory]
    [InlineData("web", true)]
    [InlineData("web.next-01234567", true)]
    [InlineData("web.prev-01234567-0123", true)]
    [InlineData("web-2", false)]
    [InlineData(null, false)]
    public void Its_label_is_worth_nothing_under_another_name(string? name, bool expected)
    {
        var records = new ContainerRecords(_folder);
        records.Settle(Present());

        records.Owns("own", name, records.NewInstance("web.next-89abcdef"), isInherited: false).Should().Be(expected);
    }

    [Fact]
    public void Copies_are_somebody_elses_when_the_original_is_gone_too()
    {
        var records = new ContainerRecords(_folder);
        var instance = records.NewInstance("web");
        records.Add("own", instance);
        records.Settle(Present());

        records = new(_folder);
        records.Owns("copy", "web", instance, isInherited: false).Should().BeFalse();
        records.Owns("own", "web", instance, isInherited: false).Should().BeTrue();
    }

    [Fact]
    public void Of_those_that_are_gone_the_last_500_are_remembered()
    {
        var records = new ContainerRecords(_folder);
        records.Settle(Present());
        for (var i = 0; i < 502; i++)
        {
            records.Add($"{i}", instance: null);
            records.Settle(Present());
        }

        records.Owns("1", "web", instance: null, isInherited: false).Should().BeFalse();
        records.Owns("2", "web", instance: null, isInherited: false).Should().BeTrue();
    }

    [Fact]
    public void Losing_the_state_loses_no_container()
    {
        var lost = new ContainerRecords(_folder.File("lost")).NewInstance("web");

        new ContainerRecords(_folder).Owns("own", "web", lost, isInherited: false).Should().BeTrue();
    }

    [Fact]
    public void What_differs_from_the_first_observation_is_a_change()
    {
        var records = new ContainerRecords(_folder);
        records.Add("a", instance: null);
        Changes(records, "Memory", "1").Should().BeEmpty();
        records.Settle(Present("a"));

        records = new(_folder);
        Changes(records, "Memory", "1").Should().BeEmpty();
        Changes(records, "Memory", "2").Should().Equal(new ChangedSetting("Memory", "1", "2"));
        Changes(records, "CpuShares", "3").Should().Equal(new ChangedSetting("CpuShares", null, "3"), new ChangedSetting("Memory", "1", null));
    }

    [Fact]
    public void What_differs_from_the_spec_of_one_that_an_older_version_created_is_a_change()
    {
        var records = new ContainerRecords(_folder);

        records.ChangesOf("old", null, Limits("Memory", "2"), () => Limits("Memory", "1")).Should().Equal(new ChangedSetting("Memory", "1", "2"));
        Changes(records, "Memory", "2", "old").Should().ContainSingle();
    }

    [Fact]
    public void What_the_engine_refused_to_change_back_is_marked()
    {
        var records = new ContainerRecords(_folder);
        records.Add("a", instance: null);
        Changes(records, "Memory", "1");

        records.Refuse("a");

        Changes(records, "Memory", "2").Should().ContainSingle().Which.IsRestorable.Should().BeFalse();
    }

    [Fact]
    public void Beside_an_agent_nothing_is_written()
    {
        var records = new ContainerRecords(_folder, readOnly: true);
        records.ChangesOf("a", null, Limits("Memory", "1"), () => Limits("Memory", "1"));
        records.Settle(Present("a"));

        Directory.EnumerateFileSystemEntries(_folder).Should().BeEmpty();
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("""{"key":"","isSettled":true,"containers":{}}""")]
    [InlineData("""{"isSettled":true}""")]
    public void A_damaged_file_is_as_good_as_none(string content)
    {
        _folder.Write("containers.json", content);

        new ContainerRecords(_folder).Owns("own", "web", null, isInherited: false).Should().BeTrue();
    }

    private static ImmutableArray<ChangedSetting> Changes(ContainerRecords records, string name, string value, string id = "a") =>
        records.ChangesOf(id, null, Limits(name, value), () => throw new InvalidOperationException("It is known."));

    private static ImmutableSortedDictionary<string, string> Limits(string name, string value) =>
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add(name, value);

    private static HashSet<string> Present(params string[] ids) => [.. ids];
}
