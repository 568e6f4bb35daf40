using System.Collections.Immutable;
using EdgeOperator.Agent.Clock;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.State;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Agent.Tests;

public sealed class EdgeAgentTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Its_status_says_before_the_first_pass_whether_the_device_is_suspended(bool isSuspended)
    {
        new LedgerFile(_folder, NullLogger<LedgerFile>.Instance).Save(
            LedgerFile.Encode(new(1, RevisionLedger.Empty with { Suspended = isSuspended }), new SteadyClock(TimeProvider.System, null, null).Read()));

        await using var agent = new EdgeAgent(
            new()
            {
                Device = new("press-7", ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedDictionary<string, string>.Empty),
                StateDirectory = _folder,
                Engine = new() { Socket = "unix:///nowhere.sock" },
            },
            NullLoggerFactory.Instance,
            TimeProvider.System);

        agent.Control.Status.Suspended.Should().Be(isSuspended);
    }
}
