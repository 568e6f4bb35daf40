using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.State;
using EdgeOperator.Platform.Files;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Agent.Tests.Storage;

public sealed class LedgerFileTests : IDisposable
{
    private static readonly RevisionLedger Full = new()
    {
        LastGood = "aaa",
        Attempt = new("bbb", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddSeconds(1), null, ["busybox:1"]),
        Failed = [new("ccc", DateTimeOffset.UnixEpoch, "HealthTimeout", "EdgeModule/web is not ready")],
        Hold = new("aaa", "bbb"),
        Suspended = true,
        SuspendedResources = [new("EdgeModule", "web")],
    };

    private readonly TempFolder _folder = new();
    private readonly LedgerFile _ledger;

    public LedgerFileTests() => _ledger = new(_folder, NullLogger<LedgerFile>.Instance);

    private string Json => Path.Combine(_folder, "ledger.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_saved_is_loaded()
    {
        _ledger.Save(Full);

        _ledger.Load().Should().BeEquivalentTo(Full, o => o.ComparingByMembers<RevisionLedger>());
        _ledger.WasDamaged.Should().BeFalse();
    }

    [Fact]
    public void A_missing_ledger_is_an_empty_one()
    {
        _ledger.Load().Should().BeEquivalentTo(RevisionLedger.Empty);
        _ledger.WasDamaged.Should().BeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"lastGood\":\"aa")]
    [InlineData("\0\0\0\0")]
    [InlineData("{\"lastGood\":17}")]
    public void A_damaged_ledger_is_an_empty_one_and_is_kept_aside_by_the_next(string content)
    {
        File.WriteAllText(Json, content);

        _ledger.Load().Should().BeEquivalentTo(RevisionLedger.Empty);

        _ledger.WasDamaged.Should().BeTrue();
        File.ReadAllText(Json).Should().Be(content, "who only reads changes nothing");

        _ledger.Save(Full);

        File.ReadAllText(Json + ".damaged").Should().Be(content);
        _ledger.Load().LastGood.Should().Be(Full.LastGood);
        _ledger.WasDamaged.Should().BeFalse();
    }

    [Fact]
    public void A_ledger_that_lacks_fields_has_empty_ones()
    {
        File.WriteAllText(Json, """{"lastGood":"aaa","attempt":{"revision":"bbb","since":"2026-01-01T00:00:00+00:00"}}""");

        var ledger = _ledger.Load();

        ledger.LastGood.Should().Be("aaa");
        ledger.Failed.Should().BeEmpty();
        ledger.SuspendedResources.Should().BeEmpty();
        ledger.Attempt!.Fetched.Should().BeEmpty();
    }

    [Fact]
    public void The_ledger_is_for_the_agents_user_alone()
    {
        _ledger.Save(Full);

        File.GetUnixFileMode(Json).Should().Be(AtomicFile.Private);
    }
}
