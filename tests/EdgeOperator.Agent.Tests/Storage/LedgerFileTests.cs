using EdgeOperator.Agent.Clock;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;
using EdgeOperator.Platform.Files;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Agent.Tests.Storage;

public sealed class LedgerFileTests : IDisposable
{
    private static readonly ClockReading Clock = new("boot", TimeSpan.FromHours(2), DateTimeOffset.UnixEpoch);

    private static readonly RevisionLedger Full = new()
    {
        LastGood = "aaa",
        Good = [new("aaa", [new(new("EdgeModule", "web"), "host", "sha256:1", "docker.io/library/web@sha256:2")])],
        Attempt = new("bbb", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddSeconds(1), null, ["busybox:1"]),
        Failed = [new("ccc", DateTimeOffset.UnixEpoch, "HealthTimeout", "EdgeModule/web is not ready")],
        Pinned = new("aaa", "bbb") { InsteadFingerprint = "f", User = "alice" },
        Suspended = true,
        SuspendedResources = [new("EdgeModule", "web")],
    };

    private readonly TempFolder _folder = new();
    private readonly LedgerFile _file;

    public LedgerFileTests() => _file = new(_folder, NullLogger<LedgerFile>.Instance);

    private string Json => Path.Combine(_folder, "ledger.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_saved_is_loaded_and_so_is_what_was_saved_before()
    {
        Save(1, RevisionLedger.Empty);
        Save(2, Full);

        var loaded = _file.Load();

        loaded.Current!.Generation.Number.Should().Be(2);
        loaded.Current.Generation.Ledger.Should().BeEquivalentTo(Full, o => o.ComparingByMembers<RevisionLedger>().ComparingByMembers<GoodRevision>());
        loaded.Current.Clock.Should().Be(Clock);
        loaded.Previous!.Generation.Number.Should().Be(1);
        loaded.Problem.Should().BeNull();
    }

    [Fact]
    public void Nothing_is_no_problem() => _file.Load().Should().Be(new LedgerGenerations(null, null, null));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"lastGood\":\"aa")]
    [InlineData("\0\0\0\0")]
    [InlineData("{\"suspended\":17}")]
    [InlineData("{\"sha256\":\"00\",\"number\":7,\"clock\":{},\"ledger\":{}}")]
    public void A_damaged_ledger_is_none_and_is_kept_aside_by_the_next(string content)
    {
        Save(1, Full);
        File.WriteAllText(Json, content);

        var loaded = _file.Load();

        loaded.Current.Should().BeNull();
        loaded.Problem.Should().NotBeNullOrEmpty();
        File.ReadAllText(Json).Should().Be(content, "who only reads changes nothing");

        Save(2, Full);

        File.ReadAllText(Json + ".damaged").Should().Be(content);
        _file.Load().Current!.Generation.Number.Should().Be(2);
    }

    [Fact]
    public void Folders_in_its_place_are_moved_aside()
    {
        Directory.CreateDirectory(Json);
        Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(Json)!, "ledger.previous.json"));

        _file.Load().Current.Should().BeNull();
        Save(1, Full);
        Save(2, Full);

        _file.Load().Current!.Generation.Number.Should().Be(2);
        _file.Load().Previous!.Generation.Number.Should().Be(1);
    }

    [Fact]
    public void One_changed_byte_anywhere_is_seen()
    {
        Save(1, Full);
        var good = File.ReadAllBytes(Json);
        for (var i = 0; i < good.Length; i++)
        {
            var bad = (byte[])good.Clone();
            bad[i] ^= 1;
            File.WriteAllBytes(Json, bad);

            if (_file.Load().Current is { } read)
                read.Generation.Ledger.Should().BeEquivalentTo(Full, o => o.ComparingByMembers<RevisionLedger>().ComparingByMembers<GoodRevision>(), $"the byte at {i} is white space");
        }
    }

    [Fact]
    public void The_ledger_of_an_agent_without_checksums_is_read()
    {
        File.WriteAllText(Json, """{"lastGood":"aaa","attempt":{"revision":"bbb","since":"2026-01-01T00:00:00+00:00"},"suspended":false}""");

        var ledger = _file.Load().Current!.Generation.Ledger;

        ledger.LastGood.Should().Be("aaa");
        ledger.Good.Should().BeEmpty();
        ledger.Failed.Should().BeEmpty();
        ledger.SuspendedResources.Should().BeEmpty();
        ledger.Attempt!.Fetched.Should().BeEmpty();
    }

    [Fact]
    public void The_ledger_is_for_the_agents_user_alone()
    {
        Save(1, Full);

        File.GetUnixFileMode(Json).Should().Be(AtomicFile.Private);
    }

    private void Save(long number, RevisionLedger ledger) => _file.Save(LedgerFile.Encode(new LedgerGeneration(number, ledger), Clock));
}
