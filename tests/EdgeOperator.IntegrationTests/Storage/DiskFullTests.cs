using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.IntegrationTests.Storage;

public sealed class DiskFullTests : IAsyncLifetime
{
    private TinyDisk _disk = null!;

    public async Task InitializeAsync() => _disk = await TinyDisk.MountAsync(kilobytes: 1024);

    public async Task DisposeAsync() => await _disk.DisposeAsync();

    [Fact]
    public void A_full_disk_costs_no_event_and_the_store_recovers_by_itself()
    {
        using var store = Open();
        store.Append(Event("Before"));
        store.Flush();
        _disk.Fill();
        for (var i = 0; i < 100; i++)
        {
            store.Append(Event($"While{i}"));
            store.Flush();
        }

        store.Error.Should().Contain("full");
        store.Events(0, 1000, null).Should().HaveCount(101);

        _disk.Free();
        store.Flush();

        store.Error.Should().BeNull();
        store.Dispose();
        using var again = Open();
        again.Events(0, 1000, null).Should().HaveCount(101);
    }

    [Fact]
    public void A_store_that_begins_on_a_full_disk_is_written_once_there_is_space()
    {
        _disk.Fill();
        using var store = Open();
        store.Append(Event("While"));
        store.Flush();
        store.Error.Should().NotBeNull();

        _disk.Free();
        store.Flush();

        store.Error.Should().BeNull();
        store.Dispose();
        using var again = Open();
        again.Events(0, 10, null).Should().ContainSingle().Which.Reason.Should().Be("While");
    }

    [Fact]
    public void The_ledger_saved_before_survives_a_full_disk()
    {
        var file = new LedgerFile(_disk.Path, NullLogger<LedgerFile>.Instance);
        file.Save(Encode(1, new() { LastGood = "aaa" }));
        _disk.Fill();

        var save = () => file.Save(Encode(2, new() { LastGood = "bbb", Failed = [new("x", DateTimeOffset.UnixEpoch, "y", new string('z', 8192))] }));

        save.Should().Throw<IOException>().WithMessage("No space left on device*");
        file.Load().Current!.Generation.Ledger.LastGood.Should().Be("aaa");
        Directory.GetFiles(_disk.Path, "*.tmp").Should().BeEmpty();

        _disk.Free();
        file.Save(Encode(2, new() { LastGood = "bbb" }));
        file.Load().Current!.Generation.Ledger.LastGood.Should().Be("bbb");
    }

    private static byte[] Encode(long number, RevisionLedger ledger) =>
        LedgerFile.Encode(new LedgerGeneration(number, ledger), new(null, TimeSpan.Zero, DateTimeOffset.UnixEpoch));

    private StateStore Open() => StateStore.Open(_disk.Path, TimeProvider.System, NullLogger<StateStore>.Instance);

    private static EventRecord Event(string reason) =>
        new(0, DateTimeOffset.UnixEpoch, EventLevel.Normal, null, null, null, reason, new string('m', 200));
}
