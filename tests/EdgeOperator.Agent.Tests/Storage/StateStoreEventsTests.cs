using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Tests.Storage;

public sealed class StateStoreEventsTests : StoreFixture
{
    [Fact]
    public void An_event_is_read_back_as_it_was_before_and_after_a_restart()
    {
        var stored = Store.Append(new(
            0, DateTimeOffset.UnixEpoch.AddTicks(17), EventLevel.Warning, "rev", "EdgeModule/web", "pull x", "PullFailed", "no route ü"));
        Store.Events(0, 10, null).Should().Equal(stored);

        Reopen();

        Store.Events(0, 10, null).Should().Equal(stored);
        stored.Id.Should().Be(1);
    }

    [Fact]
    public void Ids_go_on_after_a_restart()
    {
        Store.Append(Event("A"));
        Reopen();

        Store.Append(Event("B")).Id.Should().Be(2);
    }

    [Fact]
    public void Equal_events_of_a_resource_in_a_row_are_counted_also_over_a_restart_and_between_other_resources()
    {
        Store.Append(Event("Failed", "EdgeModule/a"));
        Store.Append(Event("Failed", "EdgeModule/b"));
        Store.Append(Event("Failed", "EdgeModule/a"));
        Reopen();
        var last = Store.Append(Event("Failed", "EdgeModule/a") with { At = DateTimeOffset.UnixEpoch.AddHours(1) });

        Store.Events(0, 10, null).Should().HaveCount(2).And.Contain(last);
        last.Should().Match<EventRecord>(e => e.Count == 3 && e.Id == 4 && e.At == DateTimeOffset.UnixEpoch.AddHours(1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Events_are_in_the_order_in_which_they_happened_whatever_the_clock_says(bool isWritten)
    {
        var now = DateTimeOffset.UnixEpoch.AddDays(1);
        foreach (var (reason, resource, at) in ((string, string?, DateTimeOffset)[])
            [("Failed", "EdgeModule/a", now), ("Started", "EdgeModule/b", now), ("Committed", null, now), ("Failed", "EdgeModule/a", now.AddMinutes(1)), ("Stepped", null, now.AddHours(-1))])
        {
            Store.Append(Event(reason, resource) with { At = at });
            if (isWritten)
                Store.Flush();
        }

        Store.Events(0, 10, null).Select(e => (e.Reason, e.Count)).Should().Equal(("Started", 1), ("Committed", 1), ("Failed", 2), ("Stepped", 1));
        Store.Events(0, 3, null).Select(e => e.Reason).Should().Equal("Committed", "Failed", "Stepped");
        Store.Events(3, 10, null).Select(e => e.Reason).Should().Equal("Failed", "Stepped");
        Reopen().Events(0, 10, null).Select(e => e.Reason).Should().Equal("Started", "Committed", "Failed", "Stepped");
    }

    [Fact]
    public void An_event_that_differs_in_between_starts_a_new_count()
    {
        Store.Append(Event("Failed", "EdgeModule/a"));
        Store.Append(Event("Failed", "EdgeModule/a", "another message"));
        Store.Append(Event("Failed", "EdgeModule/a"));

        Store.Events(0, 10, null).Should().HaveCount(3);
    }

    [Fact]
    public void The_newest_events_after_an_id_are_given_oldest_first()
    {
        foreach (var reason in (string[])["A", "B", "C"])
        {
            Store.Append(Event(reason));
        }

        Store.Flush();
        Store.Append(Event("D"));

        Store.Events(1, 2, null).Select(e => e.Reason).Should().Equal("C", "D");
        Store.Events(4, 10, null).Should().BeEmpty();
    }

    [Fact]
    public void Events_can_be_read_of_one_resource()
    {
        Store.Append(Event("A", "EdgeModule/web"));
        Store.Append(Event("B", "EdgeModule/db"));
        Store.Flush();
        Store.Append(Event("C", "EdgeModule/web"));

        Store.Events(0, 10, Web).Select(e => e.Reason).Should().Equal("A", "C");
    }

    [Fact]
    public void The_oldest_events_go_when_there_are_too_many()
    {
        const int Flushes = 25;
        const int Each = 500;
        for (var i = 0; i < Flushes * Each; i++)
        {
            Store.Append(Event($"R{i}"));
            if (i % Each == Each - 1)
            {
                Store.Flush();
            }
        }

        var reasons = Reasons();

        reasons.Length.Should().BeInRange(StateStore.MaxEvents, StateStore.MaxEvents + (2 * Each));
        reasons[^1].Should().Be($"R{(Flushes * Each) - 1}");
    }

    [Fact]
    public void A_flush_without_news_leaves_the_disk_alone()
    {
        Store.Append(Event("A"));
        Store.Flush();
        var before = Files();

        Store.Flush();
        Store.Flush();

        Files().Should().Equal(before);

        (string, DateTime, long)[] Files() =>
            [.. new DirectoryInfo(Folder).GetFiles().OrderBy(f => f.Name).Select(f => (f.Name, f.LastWriteTimeUtc, f.Length))];
    }

    [Fact]
    public void The_database_is_for_the_agents_user_alone()
    {
        Store.Append(Event("A"));
        Store.Flush();

        Directory.GetFiles(Folder).Should().HaveCount(3).And.OnlyContain(f => File.GetUnixFileMode(f) == AtomicFile.Private);
    }
}
