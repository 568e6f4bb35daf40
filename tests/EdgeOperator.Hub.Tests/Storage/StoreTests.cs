using System.Text.Json.Nodes;
using EdgeOperator.Core.Tests.Twins.Query;
using EdgeOperator.Core.Twins;
using EdgeOperator.Core.Twins.Query;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Messages;
using EdgeOperator.Hub.Storage;
using EdgeOperator.Hub.Twins;
using FsCheck.Fluent;

namespace EdgeOperator.Hub.Tests.Storage;

/// <summary>What every store does, each by a class of its own.</summary>
public abstract class StoreTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private protected IHubStore Store { get; set; } = null!;

    [Fact]
    public async Task An_identity_is_found_with_all_that_it_was_added_with()
    {
        var identity = new Identity(new("d"), "1", "a")
        {
            IsEnabled = false,
            StatusReason = "stolen \0",
            StatusUpdated = Now,
            PrimaryKey = [1, 2, 3],
            SecondaryKey = [4],
            PrimaryThumbprint = "AB",
            IsEdge = true,
            ManagedBy = "IotEdge",
        };

        (await Store.AddAsync(identity, Twin.Initial, default)).Should().BeTrue();

        var found = (await Store.FindIdentityAsync(new("d"), default))!;
        found.Should().BeEquivalentTo(identity, options => options.Excluding(i => i.StatusReason).ComparingByValue<IdentityKey>());
        found.StatusReason.Should().StartWith("stolen");
        (await Store.FindRowAsync(new("d"), default))!.Presence.Should().Be(Presence.Never);
        (await Store.FindIdentityAsync(new("D"), default)).Should().BeNull();
    }

    [Fact]
    public async Task A_rollout_and_its_devices_are_written_together_or_not_at_all()
    {
        var fence = (await Store.AcquireLeaseAsync("fleets", "one", TimeSpan.FromMinutes(1), default))!.Value;
        Document Rollout(string etag) => new("rollout", "tills", etag, "{}");
        StoredRolloutDevice Device(string name, int state) => new(name, 0, state, "{}");

        (await Store.WriteRolloutAsync(Rollout("1"), null, [Device("a", 1), Device("b", 1), Device("c", 2)], [], fence, default)).Should().BeTrue();
        (await Store.WriteRolloutAsync(Rollout("2"), null, [Device("d", 1)], [], fence, default)).Should().BeFalse("there is one already");
        (await Store.WriteRolloutAsync(Rollout("2"), "0", [Device("d", 1)], [], fence, default)).Should().BeFalse("it has been changed since");
        (await Store.WriteRolloutAsync(Rollout("2"), "1", [Device("d", 1)], [], fence with { Number = fence.Number + 1 }, default)).Should().BeFalse("it is not the leader's");
        (await Store.ListRolloutDevicesAsync("tills", null, null, "", 10, default)).Select(d => d.DeviceId).Should().Equal("a", "b", "c");
        (await Store.WriteRolloutAsync(Rollout("2"), "1", [Device("a", 3)], ["b"], null, default)).Should().BeTrue();
        (await Store.ListRolloutDevicesAsync("tills", null, null, "", 10, default)).Should().Equal(Device("a", 3), Device("c", 2));
        (await Store.ListRolloutDevicesAsync("tills", 0, [2, 1], "", 10, default)).Should().Equal(Device("c", 2));
        (await Store.ListRolloutDevicesAsync("tills", null, null, "a", 1, default)).Should().Equal(Device("c", 2));
        (await Store.FindDocumentAsync("rollout", "tills", default))!.ETag.Should().Be("2");
        await Store.RemoveRolloutDevicesAsync("tills", default);
        (await Store.ListRolloutDevicesAsync("tills", null, null, "", 10, default)).Should().BeEmpty();
    }

    [Fact]
    public async Task Events_are_read_in_the_order_in_which_they_were_added_and_the_latest_are_kept()
    {
        HubEvent[] happened =
        [
            new(0, Now, EventTypes.DeviceConnected, new IdentityKey("d", "m"), null, "it has come"),
            new(0, Now.AddHours(1), EventTypes.Audited, null, "user admin", "he did it", new() { ["a"] = 1 }),
            new(0, Now.AddHours(2), EventTypes.DeviceDisconnected, new IdentityKey("d"), null, "it has gone"),
        ];

        await Store.AddEventsAsync(happened[..2], default);
        await Store.AddEventsAsync(happened[2..], default);
        var read = await Store.ReadEventsAsync(0, 10, default);

        read.Should().BeEquivalentTo(happened, options => options.Excluding(e => e.Sequence).Excluding(e => e.Data).ComparingByValue<IdentityKey>().WithStrictOrdering());
        read[1].Data!.ToJsonString().Should().Be("""{"a":1}""");
        (await Store.LastEventAsync(default)).Should().Be(read[2].Sequence);
        (await Store.ReadEventsAsync(read[0].Sequence, 1, default)).Single().Sequence.Should().Be(read[1].Sequence);
        await Store.TrimEventsAsync(Now.AddMinutes(1), 10, default);
        (await Store.ReadEventsAsync(0, 10, default)).Select(e => e.Sequence).Should().Equal(read[1].Sequence, read[2].Sequence);
        await Store.TrimEventsAsync(Now, 1, default);
        (await Store.ReadEventsAsync(0, 10, default)).Select(e => e.Sequence).Should().Equal(read[2].Sequence);
    }

    [Fact]
    public async Task The_latest_events_are_read_backwards_of_all_or_of_one_device_or_type()
    {
        await Store.AddEventsAsync(
            [
                new(0, Now, EventTypes.DeviceConnected, new IdentityKey("a"), null, "first"),
                new(0, Now, EventTypes.DeviceConnected, new IdentityKey("b"), null, "second"),
                new(0, Now, EventTypes.DeviceDisconnected, new IdentityKey("a"), null, "third"),
            ],
            default);

        var all = await Store.ReadLatestEventsAsync(long.MaxValue, null, null, 2, default);

        all.Select(e => e.Message).Should().Equal("third", "second");
        (await Store.ReadLatestEventsAsync(all[^1].Sequence, null, null, 2, default)).Select(e => e.Message).Should().Equal("first");
        (await Store.ReadLatestEventsAsync(long.MaxValue, "a", null, 5, default)).Select(e => e.Message).Should().Equal("third", "first");
        (await Store.ReadLatestEventsAsync(long.MaxValue, "a", EventTypes.DeviceConnected, 5, default)).Select(e => e.Message).Should().Equal("first");
    }

    [Fact]
    public async Task The_latest_audit_entries_are_read_backwards()
    {
        foreach (var action in (string[])["one", "two", "three"])
            await Store.AuditAsync(new(0, Now, "user a", action, "t", "d"), default);

        var latest = await Store.ReadLatestAuditAsync(long.MaxValue, 2, default);

        latest.Select(e => e.Action).Should().Equal("three", "two");
        (await Store.ReadLatestAuditAsync(latest[^1].Sequence, 2, default)).Select(e => e.Action).Should().Equal("one");
    }

    [Fact]
    public async Task Documents_with_a_label_are_listed_page_by_page()
    {
        foreach (var (id, label) in ((string, string?)[])[("a", "x"), ("b", null), ("c", "x"), ("d", "y"), ("e", "x")])
            await Store.WriteDocumentAsync(new("listed", id, "1", "{}") { Label = label }, null, default);

        (await Store.ListDocumentsAsync("listed", "x", "", 2, default)).Select(d => d.Id).Should().Equal("a", "c");
        (await Store.ListDocumentsAsync("listed", "x", "c", 2, default)).Select(d => d.Id).Should().Equal("e");
    }

    [Fact]
    public async Task A_snapshot_is_that_of_a_device_that_is_there_the_last_one_stays_and_goes_with_it()
    {
        await AddAsync("b");
        await AddAsync("a");

        (await Store.WriteSnapshotAsync(new("gone", Now, "1", [1]), default)).Should().BeFalse();
        (await Store.WriteSnapshotAsync(new("b", Now, "1", [1]), default)).Should().BeTrue();
        (await Store.WriteSnapshotAsync(new("b", Now.AddHours(1), "2", [2, 3]), default)).Should().BeTrue();
        (await Store.WriteSnapshotAsync(new("a", Now, "3", [4]), default)).Should().BeTrue();

        (await Store.FindSnapshotAsync("b", default)).Should().BeEquivalentTo(new StoredSnapshot("b", Now.AddHours(1), "2", [2, 3]));
        (await Store.ScanSnapshotsAsync("", 10, default)).Select(s => s.DeviceId).Should().Equal("a", "b");
        (await Store.ScanSnapshotsAsync("a", 10, default)).Select(s => s.ETag).Should().Equal("2");
        await Store.RemoveAsync(new("b"), null, default);
        (await Store.FindSnapshotAsync("b", default)).Should().BeNull();
    }

    [Fact]
    public async Task An_identity_is_added_once_and_a_module_only_to_a_device()
    {
        (await AddAsync("d")).Should().BeTrue();
        (await AddAsync("d")).Should().BeFalse();
        (await AddAsync("d", "m")).Should().BeTrue();
        (await AddAsync("other", "m")).Should().BeFalse();

        (await Store.ListModulesAsync("d", default)).Select(r => r.Identity.Key).Should().Equal(new IdentityKey("d", "m"));
        (await Store.FindTwinAsync(new("other", "m"), default)).Should().BeNull();
    }

    [Fact]
    public async Task Devices_are_listed_by_the_bytes_of_their_names()
    {
        foreach (var name in (string[])["b", "B", "_", "a-1", "a1", "a.1"])
            await AddAsync(name);

        (await Store.ListDevicesAsync(5, default)).Select(r => r.Identity.Key.DeviceId).Should().Equal("B", "_", "a-1", "a.1", "a1");
        (await Store.CountAsync(default)).Should().Be(new IdentityCounts(6, 6, 0));
    }

    [Fact]
    public async Task An_identity_is_updated_only_from_what_was_read_and_its_connection_ends()
    {
        await AddAsync("d");
        var before = await Store.LastChangeAsync(default);
        var changed = new Identity(new("d"), "1", "b") { IsEnabled = false };

        (await Store.UpdateAsync(changed, "other", default)).Should().BeFalse();
        (await Store.UpdateAsync(changed, "a", default)).Should().BeTrue();

        (await ChangesAsync(before)).Should().ContainSingle().Which.Should().Match<Change>(c => c.Kind == ChangeKind.Disconnect && c.Key.DeviceId == "d");
        (await Store.CountAsync(default)).Enabled.Should().Be(0);
    }

    [Fact]
    public async Task Removing_a_device_removes_its_modules_twins_and_messages_and_ends_their_connections()
    {
        await AddAsync("d");
        await AddAsync("d", "m");
        await AddAsync("d2");
        await Store.EnqueueAsync("d", Message("x"), 5, Now, default);
        await Store.ConnectAsync(new("d"), true, Now, default);
        var before = await Store.LastChangeAsync(default);

        (await Store.RemoveAsync(new("d"), "other", default)).Should().BeFalse();
        (await Store.RemoveAsync(new("d"), "a", default)).Should().BeTrue();
        (await Store.RemoveAsync(new("d"), null, default)).Should().BeFalse();

        (await ChangesAsync(before)).Where(c => c.Kind == ChangeKind.Disconnect).Select(c => c.Key.ToString()).Should().BeEquivalentTo("d", "d/m");
        (await Store.FindTwinAsync(new("d", "m"), default)).Should().BeNull();
        (await Store.CountAsync(default)).Should().Be(new IdentityCounts(1, 1, 0));
        await AddAsync("d");
        (await Store.NextMessageAsync("d", 5, Now, default)).Should().BeNull();
        (await Store.ListModulesAsync("d", default)).Should().BeEmpty();
    }

    [Fact]
    public async Task Removing_a_module_leaves_its_device_and_its_siblings()
    {
        await AddAsync("d");
        await AddAsync("d", "m");
        await AddAsync("d", "n");

        (await Store.RemoveAsync(new("d", "m"), null, default)).Should().BeTrue();

        (await Store.FindTwinAsync(new("d", "m"), default)).Should().BeNull();
        (await Store.FindTwinAsync(new("d"), default)).Should().NotBeNull();
        (await Store.FindTwinAsync(new("d", "n"), default)).Should().NotBeNull();
    }

    [Fact]
    public async Task A_twin_is_written_once_for_each_version_together_with_its_notification()
    {
        await AddAsync("d");
        var before = await Store.LastChangeAsync(default);
        var patch = new JsonObject { ["z"] = 1.0, ["a"] = "\0 ü 😀", ["n"] = new JsonObject { ["big"] = 1e300 } };
        var written = TwinWrite.Patch(Twin.Initial, new() { ["site"] = "berlin" }, patch, Now);

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Store.WriteTwinAsync(new("d"), 1, written.Twin!, written.Notification!.ToJsonString(), default)));

        results.Count(r => r).Should().Be(1);
        (await ChangesAsync(before)).Should().ContainSingle().Which.Should().Match<Change>(c => c.Kind == ChangeKind.Desired && c.Version == 2);
        var found = (await Store.FindTwinAsync(new("d"), default))!.Twin;
        found.Desired.Values.ToJsonString().Should().Be(written.Twin!.Desired.Values.ToJsonString());
        found.Desired.Metadata.ToJsonString().Should().Be(written.Twin.Desired.Metadata.ToJsonString());
        found.Tags.ToJsonString().Should().Be("""{"site":"berlin"}""");
        found.Version.Should().Be(2);
    }

    [Fact]
    public async Task Tags_alone_are_written_without_a_notification()
    {
        await AddAsync("d");
        var before = await Store.LastChangeAsync(default);

        (await Store.WriteTwinAsync(new("d"), 1, TwinWrite.Patch(Twin.Initial, new() { ["a"] = 1 }, null, Now).Twin!, null, default)).Should().BeTrue();

        (await ChangesAsync(before)).Should().ContainSingle().Which.Kind.Should().Be(ChangeKind.Unseen);
    }

    [Fact]
    public async Task Reported_properties_of_many_devices_are_written_at_once_and_each_version_once()
    {
        var names = Enumerable.Range(0, 50).Select(i => $"d{i}").ToArray();
        foreach (var name in names)
            await AddAsync(name);
        TwinProperties Reported(int value) => TwinWrite.Report(Twin.Initial, new() { ["v"] = value }, Now).Twin!.Reported;

        var results = await Task.WhenAll(names.SelectMany(n => Enumerable.Range(0, 4).Select(i => Store.WriteReportedAsync(new(n), 1, Reported(i), default))));

        results.Count(r => r).Should().Be(50);
        (await Store.WriteReportedAsync(new("nobody"), 1, Reported(1), default)).Should().BeFalse();
        (await Store.FindTwinAsync(new("d7"), default))!.Twin.Reported.Version.Should().Be(2);
    }

    [Fact]
    public async Task Twins_are_read_page_by_page_devices_and_modules_apart()
    {
        foreach (var name in (string[])["c", "a", "b"])
        {
            await AddAsync(name);
            await AddAsync(name, "m");
        }

        var first = await Store.ScanTwinsAsync(modules: false, null, 2, default);
        var second = await Store.ScanTwinsAsync(modules: false, first[^1].Identity.Key, 2, default);

        first.Concat(second).Select(r => r.Identity.Key.DeviceId).Should().Equal("a", "b", "c");
        (await Store.ScanTwinsAsync(modules: true, new("a", "m"), 9, default)).Select(r => r.Identity.Key.ToString()).Should().Equal("b/m", "c/m");
    }

    [Fact]
    public async Task The_index_finds_all_that_reading_every_twin_finds_in_the_same_order()
    {
        var tags = TwinConditions.Tags().Sample(60, 60).ToArray();
        for (var i = 0; i < 60; i++)
        {
            var key = new IdentityKey($"d{i % 40}", i < 40 ? "" : "m");
            await AddAsync(key.DeviceId, key.ModuleId);
            for (var version = 1; version <= 1 + (i % 3); version++)
                (await Store.WriteTwinAsync(key, version, Twin.Initial with { Tags = JsonNode.Parse(tags[(i * version) % 60])!.AsObject(), Version = version + 1 }, null, default)).Should().BeTrue();
        }

        await Store.RemoveAsync(new("d3"), null, default);
        await Store.RemoveAsync(new("d4", "m"), null, default);
        var all = new Dictionary<bool, IReadOnlyList<TwinRow>>
        {
            [true] = await Store.ScanTwinsAsync(modules: true, null, 100, default),
            [false] = await Store.ScanTwinsAsync(modules: false, null, 100, default),
        };
        var narrowed = 0;
        foreach (var condition in TwinConditions.Conditions(2).Sample(300, 300).Where(c => TwinIndex.CandidatesFor(TwinQuery.ParseCondition(c)) is not null))
        {
            foreach (var modules in (bool[])[true, false])
            {
                var where = TwinQuery.ParseCondition(condition);
                var found = await CandidatesAsync(modules, TwinIndex.CandidatesFor(where)!);
                narrowed += found.Count < all[modules].Count ? 1 : 0;
                Matching(where, found).Should().Equal(Matching(where, all[modules]), condition);
            }
        }

        narrowed.Should().BeGreaterThan(20);

        static IEnumerable<string> Matching(QueryExpression? where, IEnumerable<TwinRow> rows) =>
            rows.Select(TwinDocument.Write).Where(row => QueryEvaluation.Matches(where, row)).Select(row => $"{row["deviceId"]}/{row["moduleId"]}");
    }

    private async Task<List<TwinRow>> CandidatesAsync(bool modules, TwinCandidates candidates)
    {
        var found = new List<TwinRow>();
        while (true)
        {
            var page = await Store.ScanTwinsAsync(modules, candidates, found.LastOrDefault()?.Identity.Key, 7, default);
            found.AddRange(page);
            if (page.Count < 7)
                return found;
        }
    }

    [Fact]
    public async Task Changes_are_read_in_order_from_where_one_was()
    {
        await AddAsync("d");
        var start = await Store.LastChangeAsync(default);
        for (var version = 1; version <= 5; version++)
            await Store.WriteTwinAsync(new("d"), version, Twin.Initial with { Version = version + 1, Desired = Twin.Initial.Desired with { Version = version + 1 } }, "{}", default);

        var first = await Store.ReadChangesAsync(start, 3, default);
        var rest = await Store.ReadChangesAsync(first.Next, 3, default);

        first.IsFull.Should().BeTrue();
        rest.IsFull.Should().BeFalse();
        first.Changes.Concat(rest.Changes).Select(c => c.Version).Should().Equal(2, 3, 4, 5, 6);
        (await ChangesAsync(rest.Next)).Should().BeEmpty();
        (await ChangesAsync(await Store.LastChangeAsync(default))).Should().BeEmpty();
    }

    [Fact]
    public async Task A_later_connection_has_a_greater_epoch_and_the_end_of_an_earlier_one_does_not_disconnect_it()
    {
        await AddAsync("d");
        var first = await Store.ConnectAsync(new("d"), true, Now, default);
        await Store.WriteSubscriptionsAsync(new("d"), first.Epoch, 6, default);
        var second = await Store.ConnectAsync(new("d"), true, Now, default);
        await Store.WriteSubscriptionsAsync(new("d"), first.Epoch, 1, default);
        await Store.DisconnectAsync(new("d"), first.Epoch, Now, default);

        second.Should().Be(new ConnectedSession(first.Epoch + 1, 6));
        (await Store.CountAsync(default)).Connected.Should().Be(1);
        await Store.WriteActivityAsync([(new("d"), Now.AddMinutes(1)), (new("nobody"), Now)], default);
        (await Store.FindRowAsync(new("d"), default))!.Presence.Should().Be(new Presence(true, Now, Now.AddMinutes(1)));

        await Store.DisconnectAsync(new("d"), second.Epoch, Now.AddMinutes(2), default);
        (await Store.FindRowAsync(new("d"), default))!.Presence.Should().Be(new Presence(false, Now.AddMinutes(2), Now.AddMinutes(1)));
        (await Store.ConnectAsync(new("d"), false, Now, default)).Subscriptions.Should().Be(0);
    }

    [Fact(DisplayName = "flightctl 1811: that a device comes, is heard of and goes writes nothing into its twin")]
    public async Task Presence_is_kept_apart_from_twins()
    {
        await AddAsync("d");
        var (before, change) = (await Store.FindTwinAsync(new("d"), default), await Store.LastChangeAsync(default));

        var session = await Store.ConnectAsync(new("d"), true, Now, default);
        await Store.WriteActivityAsync([(new("d"), Now.AddMinutes(1))], default);
        await Store.DisconnectAsync(new("d"), session.Epoch, Now.AddMinutes(2), default);

        var after = await Store.FindTwinAsync(new("d"), default);
        (after!.Twin.Version, after.Identity.ETag).Should().Be((before!.Twin.Version, before.Identity.ETag));
        (await ChangesAsync(change)).Should().BeEmpty();
    }

    [Fact]
    public async Task Messages_are_delivered_in_order_until_they_are_completed_expire_or_were_tried_too_often()
    {
        await AddAsync("d");
        foreach (var text in (string[])["1", "2", "3"])
            (await Store.EnqueueAsync("d", Message(text), 3, Now, default)).Should().BeTrue();
        (await Store.EnqueueAsync("d", Message("4"), 3, Now, default)).Should().BeFalse();
        (await Store.EnqueueAsync("nobody", Message("4"), 3, Now, default)).Should().BeFalse();
        (await Store.FindRowAsync(new("d"), default))!.PendingMessages.Should().Be(3);

        var first = (await Store.NextMessageAsync("d", 2, Now, default))!;
        (await Store.NextMessageAsync("d", 2, Now, default))!.Sequence.Should().Be(first.Sequence);
        var second = (await Store.NextMessageAsync("d", 2, Now, default))!;
        await Store.CompleteMessageAsync(second.Sequence, Now, default);

        (first.Properties, second.Properties).Should().Be(("1", "2"));
        (await Store.NextMessageAsync("d", 2, Now.AddHours(2), default)).Should().BeNull();
        (await Store.EnqueueAsync("d", Message("5"), 1, Now, default)).Should().BeTrue();
        (await Store.PurgeMessagesAsync("d", Now, default)).Should().Be(1);
    }

    [Fact]
    public async Task No_more_messages_wait_than_may_however_many_are_sent_at_once()
    {
        await AddAsync("d");

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Store.EnqueueAsync("d", Message($"{i}"), 3, Now, default)));

        results.Count(r => r).Should().Be(3);
    }

    [Fact]
    public async Task Telemetry_is_read_in_order_by_device_and_old_telemetry_is_deleted()
    {
        for (var i = 0; i < 6; i++)
            await Store.AddTelemetryAsync(new(0, new(i % 2 == 0 ? "a" : "b", i == 4 ? "m" : ""), Now.AddMinutes(i), $"n={i}\0", [(byte)i]), default);

        var all = await Store.ReadTelemetryAsync(0, null, 10, default);
        all.Select(m => m.Body[0]).Should().Equal(0, 1, 2, 3, 4, 5);
        (await Store.ReadTelemetryAsync(all[0].Sequence, "a", 10, default)).Select(m => m.Body[0]).Should().Equal(2, 4);

        await Store.TrimAsync(Now.AddMinutes(2), 3, Now.AddDays(1), default);
        (await Store.ReadTelemetryAsync(0, null, 10, default)).Select(m => m.Body[0]).Should().Equal(3, 4, 5);
        await Store.TrimAsync(Now.AddDays(1), 3, Now.AddDays(1), default);
        (await Store.ReadTelemetryAsync(0, null, 10, default)).Should().BeEmpty();
    }

    [Fact]
    public async Task Documents_are_created_changed_and_removed_only_as_expected()
    {
        (await WriteAsync("1", null)).Should().BeTrue();
        (await WriteAsync("2", null)).Should().BeFalse();
        (await WriteAsync("2", "other")).Should().BeFalse();
        (await WriteAsync("2", "1")).Should().BeTrue();
        (await WriteAsync("3", "*")).Should().BeTrue();
        (await Store.WriteDocumentAsync(new("k", "nobody", "1", "{}"), "*", default)).Should().BeFalse();
        await Store.WriteDocumentAsync(new("k", "B", "1", "x"), null, default);

        (await Store.FindDocumentAsync("k", "a", default)).Should().Be(new Document("k", "a", "3", "3") { Label = "3" });
        (await Store.ListDocumentsAsync("k", "", 9, default)).Select(d => d.Id).Should().Equal("B", "a");
        (await Store.ListDocumentsAsync("k", "B", 9, default)).Select(d => d.Id).Should().Equal("a");
        (await Store.CountDocumentsAsync("k", "3", default)).Should().Be(1);
        (await Store.CountDocumentsAsync("k", "2", default)).Should().Be(0);
        (await Store.RemoveDocumentAsync("k", "a", "2", default)).Should().BeFalse();
        (await Store.RemoveDocumentAsync("k", "a", null, default)).Should().BeTrue();

        Task<bool> WriteAsync(string etag, string? expected) => Store.WriteDocumentAsync(new("k", "a", etag, etag) { Label = etag }, expected, default);
    }

    [Fact]
    public async Task A_lease_has_one_holder_and_each_new_one_a_greater_term()
    {
        var term = (await AcquireAsync("a"))!.Value;
        (await AcquireAsync("b")).Should().BeNull();
        (await AcquireAsync("a")).Should().Be(term);

        await Store.ReleaseLeaseAsync("jobs", "b", default);
        (await AcquireAsync("b")).Should().BeNull();
        await Store.ReleaseLeaseAsync("jobs", "a", default);
        var later = (await AcquireAsync("b"))!.Value;
        later.Number.Should().BeGreaterThan(term.Number);

        (await Store.AcquireLeaseAsync("jobs", "b", TimeSpan.FromSeconds(-1), default)).Should().Be(later);
        (await AcquireAsync("a"))!.Value.Number.Should().BeGreaterThan(later.Number);

        Task<LeadershipTerm?> AcquireAsync(string holder) => Store.AcquireLeaseAsync("jobs", holder, TimeSpan.FromMinutes(1), default);
    }

    [Fact]
    public async Task Who_leads_no_more_writes_no_document()
    {
        var first = (await Store.AcquireLeaseAsync("jobs", "a", TimeSpan.FromSeconds(-1), default))!.Value;
        (await WriteAsync(null, first)).Should().BeTrue();
        var second = (await Store.AcquireLeaseAsync("jobs", "b", TimeSpan.FromMinutes(1), default))!.Value;

        (await WriteAsync("*", first)).Should().BeFalse();
        (await WriteAsync("1", first)).Should().BeFalse();
        (await WriteAsync("1", second)).Should().BeTrue();

        Task<bool> WriteAsync(string? expected, LeadershipTerm term) => Store.WriteDocumentAsync(new("k", "a", "1", "{}"), expected, term, default);
    }

    [Fact]
    public async Task What_configurations_have_to_do_with_a_twin_is_kept_with_it()
    {
        await AddAsync("d");
        var twin = Twin.Initial with { Version = 2, Configurations = new() { ["c"] = new JsonObject { ["status"] = "Applied" } } };
        var before = await Store.LastChangeAsync(default);

        (await Store.WriteTwinAsync(new("d"), 1, twin, null, default)).Should().BeTrue();

        (await Store.FindTwinAsync(new("d"), default))!.Twin.Configurations.ToJsonString().Should().Be("""{"c":{"status":"Applied"}}""");
        (await ChangesAsync(before)).Should().ContainSingle().Which.Kind.Should().Be(ChangeKind.Unseen);
    }

    [Fact]
    public async Task A_new_identity_is_a_change_that_no_device_is_told()
    {
        var before = await Store.LastChangeAsync(default);

        await AddAsync("d");
        await AddAsync("d", "m");

        (await ChangesAsync(before)).Select(c => (c.Key.ToString(), c.Kind)).Should().Equal(("d", ChangeKind.Unseen), ("d/m", ChangeKind.Unseen));
    }

    [Fact]
    public async Task A_jobs_devices_are_added_once_listed_counted_and_written_from_what_they_were()
    {
        await Store.AddDeviceJobsAsync("j", ["b", "a", "c"], Now, default);
        var running = new DeviceJob("j", "a", DeviceJobStatus.Running, Now, Now.AddSeconds(1)) { Started = Now.AddSeconds(1) };
        (await Store.WriteDeviceJobAsync(running, DeviceJobStatus.Pending, default)).Should().BeTrue();
        (await Store.WriteDeviceJobAsync(running, DeviceJobStatus.Pending, default)).Should().BeFalse();
        await Store.AddDeviceJobsAsync("j", ["a", "d"], Now.AddMinutes(1), default);
        await Store.AddDeviceJobsAsync("i", ["a"], Now, default);

        (await Store.FindDeviceJobAsync("j", "a", default)).Should().Be(running);
        (await Store.FindDeviceJobAsync("j", "x", default)).Should().BeNull();
        (await Store.ListDeviceJobsAsync("j", DeviceJobStatus.Pending, "b", 10, default)).Select(j => j.Target).Should().Equal("c", "d");
        (await Store.CountDeviceJobsAsync("j", default)).Should().BeEquivalentTo(new Dictionary<DeviceJobStatus, int> { [DeviceJobStatus.Pending] = 3, [DeviceJobStatus.Running] = 1 });
        var first = await Store.ScanDeviceJobsAsync(null, 2, default);
        first.Select(j => (j.JobId, j.Target)).Should().Equal(("i", "a"), ("j", "a"));
        (await Store.ScanDeviceJobsAsync(("j", "a"), 10, default)).Select(j => j.Target).Should().Equal("b", "c", "d");

        await Store.EndDeviceJobsAsync("j", DeviceJobStatus.Pending, DeviceJobStatus.Canceled, "why", Now.AddHours(1), default);
        (await Store.FindDeviceJobAsync("j", "b", default)).Should().Be(new DeviceJob("j", "b", DeviceJobStatus.Canceled, Now, Now.AddHours(1)) { Ended = Now.AddHours(1), Error = "why" });
        (await Store.FindDeviceJobAsync("j", "a", default)).Should().Be(running);
        await Store.RemoveDeviceJobsAsync("j", default);
        (await Store.ScanDeviceJobsAsync(null, 10, default)).Should().ContainSingle();
    }

    [Fact]
    public async Task A_twin_and_the_end_of_a_job_for_it_are_written_together_or_not_at_all()
    {
        await AddAsync("d");
        await Store.AddDeviceJobsAsync("j", ["d"], Now, default);
        var done = new DeviceJob("j", "d", DeviceJobStatus.Completed, Now, Now.AddSeconds(2)) { Started = Now, Ended = Now.AddSeconds(2), Outcome = "{}" };
        var twin = TwinWrite.Patch(Twin.Initial, null, new() { ["a"] = 1 }, Now).Twin!;

        (await WriteAsync(1)).Should().BeFalse();
        await Store.WriteDeviceJobAsync(done with { Status = DeviceJobStatus.Running, Ended = null, Outcome = null }, DeviceJobStatus.Pending, default);
        (await WriteAsync(7)).Should().BeFalse();
        (await Store.FindTwinAsync(new("d"), default))!.Twin.Version.Should().Be(1);
        (await Store.FindDeviceJobAsync("j", "d", default))!.Status.Should().Be(DeviceJobStatus.Running);

        (await WriteAsync(1)).Should().BeTrue();
        (await Store.FindTwinAsync(new("d"), default))!.Twin.Version.Should().Be(2);
        (await Store.FindDeviceJobAsync("j", "d", default)).Should().Be(done);
        (await WriteAsync(2)).Should().BeFalse();

        Task<bool> WriteAsync(long expected) => Store.WriteTwinAsync(new("d"), expected, twin, """{"a":1}""", done, default);
    }

    [Fact]
    public async Task Senders_are_told_what_they_wanted_to_know_of_their_messages()
    {
        await AddAsync("d");
        foreach (var (id, ack) in new[] { ("none", Acknowledgement.None), ("positive", Acknowledgement.Positive), ("negative", Acknowledgement.Negative), ("full", Acknowledgement.Full) })
            await Store.EnqueueAsync("d", Message(id) with { Id = id, Ack = ack }, 10, Now, default);
        for (var i = 0; i < 2; i++)
            await Store.CompleteMessageAsync((await Store.NextMessageAsync("d", 10, Now, default))!.Sequence, Now, default);
        await Store.PurgeMessagesAsync("d", Now, default);
        await Store.EnqueueAsync("d", Message("late") with { Id = "late", Ack = Acknowledgement.Full }, 10, Now, default);
        await Store.EnqueueAsync("d", Message("again") with { Id = "again", Ack = Acknowledgement.Negative, Expires = Now.AddDays(1) }, 10, Now, default);
        await Store.NextMessageAsync("d", 10, Now.AddHours(2), default);
        (await Store.NextMessageAsync("d", 1, Now.AddHours(2), default)).Should().BeNull();

        var told = await LockAsync("t", Now.AddHours(2));

        told.Select(f => (f.MessageId, f.Outcome)).Should().Equal(
            ("positive", MessageOutcome.Success), ("negative", MessageOutcome.Purged), ("full", MessageOutcome.Purged), ("late", MessageOutcome.Expired), ("again", MessageOutcome.DeliveryCountExceeded));
        told[0].Should().Be(new Feedback("positive", "d", "1", Now, MessageOutcome.Success));
    }

    [Fact]
    public async Task What_senders_are_told_is_locked_until_it_is_completed_abandoned_or_too_long_ago()
    {
        await AddAsync("d");
        for (var i = 0; i < 3; i++)
            await Store.EnqueueAsync("d", Message("m") with { Id = $"{i}", Ack = Acknowledgement.Full }, 10, Now, default);
        await Store.PurgeMessagesAsync("d", Now, default);

        (await LockAsync("one", Now, 2)).Select(f => f.MessageId).Should().Equal("0", "1");
        (await LockAsync("two", Now)).Select(f => f.MessageId).Should().Equal("2");
        (await LockAsync("three", Now)).Should().BeEmpty();
        (await Store.AbandonFeedbackAsync("two", Now, default)).Should().BeTrue();
        (await Store.CompleteFeedbackAsync("two", Now, default)).Should().BeFalse();
        (await Store.CompleteFeedbackAsync("one", Now, default)).Should().BeTrue();
        (await LockAsync("four", Now)).Select(f => f.MessageId).Should().Equal("2");
        (await Store.CompleteFeedbackAsync("four", Now.AddMinutes(2), default)).Should().BeFalse();
        (await LockAsync("five", Now.AddMinutes(2))).Should().ContainSingle();
        (await Store.LockFeedbackAsync("six", 9, Now.AddDays(3), Now.AddDays(4), Now.AddDays(2), default)).Should().BeEmpty();
    }

    [Fact]
    public async Task The_audit_log_is_read_in_order()
    {
        await Store.AuditAsync(new(0, Now, "a", "DELETE", "devices/\0", "127.0.0.1"), default);
        await Store.AuditAsync(new(0, Now, "b", "PUT", "x", ""), default);

        var all = await Store.ReadAuditAsync(0, 10, default);

        all.Select(e => e.Actor).Should().Equal("a", "b");
        (await Store.ReadAuditAsync(all[0].Sequence, 10, default)).Should().ContainSingle().Which.Actor.Should().Be("b");
        await Store.CheckAsync(default);
    }

    private protected Task<bool> AddAsync(string device, string module = "") => Store.AddAsync(new(new(device, module), "1", "a"), Twin.Initial, default);

    private protected async Task<IReadOnlyList<Change>> ChangesAsync(ChangeCursor after) => (await Store.ReadChangesAsync(after, 1000, default)).Changes;

    private Task<IReadOnlyList<Feedback>> LockAsync(string token, DateTimeOffset now, int limit = 10) =>
        Store.LockFeedbackAsync(token, limit, now, now.AddMinutes(1), now.AddDays(-2), default);

    private static DeviceMessage Message(string text) => new(0, text, [1], Now, Now.AddHours(1));
}
