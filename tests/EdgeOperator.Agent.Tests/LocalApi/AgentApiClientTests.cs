using System.Text;
using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Tests.LocalApi;

public sealed class AgentApiClientTests : IAsyncLifetime
{
    private static readonly ResourceId Web = new(KindNames.EdgeModule, "web");

    private ServedAgent _served = null!;
    private AgentApiClient _client = null!;

    public async Task InitializeAsync()
    {
        _served = await ServedAgent.StartAsync();
        _client = new(_served.Socket);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _served.DisposeAsync();
    }

    [Fact]
    public async Task The_status_arrives_as_it_was_sent()
    {
        var status = await _client.GetStatusAsync(CancellationToken.None);

        status.Should().BeEquivalentTo(_served.Agent.Status);
    }

    [Fact]
    public async Task Resources_can_be_asked_for_by_kind_and_by_name()
    {
        var modules = await _client.GetResourcesAsync(KindNames.EdgeModule, CancellationToken.None);
        var web = await _client.GetResourceAsync(Web, CancellationToken.None);

        modules.Select(m => m.Name).Should().Equal("sensor", "web");
        web.Progress.Should().Be(new TransferProgress(12_300_000, 40_000_000));
    }

    [Fact]
    public async Task Events_can_be_asked_for_by_id_number_and_resource()
    {
        var afterOne = await _client.GetEventsAsync(1, 100, null, CancellationToken.None);
        var newest = await _client.GetEventsAsync(0, 1, null, CancellationToken.None);
        var ofWeb = await _client.GetEventsAsync(0, 100, Web, CancellationToken.None);

        afterOne.Select(e => e.Id).Should().Equal(2, 3);
        newest.Select(e => e.Id).Should().Equal(3);
        ofWeb.Should().ContainSingle().Which.Should().Be(_served.Agent.Log[1]);
    }

    [Fact]
    public async Task Followed_events_arrive_as_they_happen()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await using var events = _client.FollowEventsAsync(0, 1, null, deadline.Token).GetAsyncEnumerator(deadline.Token);

        (await events.MoveNextAsync()).Should().BeTrue();
        events.Current.Id.Should().Be(3);
        _served.Agent.Happens(_served.Agent.Log[0] with { Id = 4, Message = "seen live" });
        (await events.MoveNextAsync()).Should().BeTrue();
        events.Current.Message.Should().Be("seen live");
    }

    [Fact]
    public async Task History_is_limited()
    {
        var history = await _client.GetHistoryAsync(1, CancellationToken.None);

        history.Should().ContainSingle().Which.Should().Be(_served.Agent.History(1)[0]);
    }

    [Fact]
    public async Task A_log_is_copied_from_its_tail()
    {
        using var output = new MemoryStream();

        await _client.CopyLogsAsync(Web, new(Follow: false, 1), output, CancellationToken.None);

        Encoding.UTF8.GetString(output.ToArray()).Should().Be("line two\n");
    }

    [Fact]
    public async Task Steering_reaches_the_agent()
    {
        await _client.ReconcileAsync(CancellationToken.None);
        await _client.SuspendAsync(Web, CancellationToken.None);
        await _client.ResumeAsync(null, CancellationToken.None);
        var held = await _client.RollBackAsync("0f0f", CancellationToken.None);

        held.Should().Be("0f0f0f0f");
        _served.Agent.Calls.Should().Equal("reconcile", "suspend EdgeModule/web", "resume ", "rollback 0f0f");
    }

    [Fact]
    public async Task Who_asks_is_known_by_the_kernel_and_why_by_what_is_said()
    {
        await _client.SuspendAsync(Web, CancellationToken.None, "new press & mould");
        await _client.ReconcileAsync(CancellationToken.None, retry: true);

        _served.Agent.Calls.Should().Equal($"suspend EdgeModule/web by {Environment.UserName} (new press & mould)", $"retry by {Environment.UserName}");
    }

    [Fact]
    public async Task What_the_agent_refuses_says_why()
    {
        var rollBack = () => _client.RollBackAsync("beef", CancellationToken.None);
        var suspend = () => _client.SuspendAsync(new("EdgeModule", "nobody"), CancellationToken.None);
        var logs = () => _client.CopyLogsAsync(new("ConfigFile", "motd"), new(Follow: false, null), Stream.Null, CancellationToken.None);

        (await rollBack.Should().ThrowAsync<AgentRefusedException>()).Which.Problem
            .Should().Be(new ProblemDocument("Conflict", 409, "NoSuchRevision", "no revision beef is kept: `edgeop history` lists them."));
        (await suspend.Should().ThrowAsync<AgentRefusedException>()).Which.Problem.Status.Should().Be(404);
        (await logs.Should().ThrowAsync<AgentRefusedException>()).Which.Message.Should().Contain("has no log");
    }

    [Fact]
    public async Task Without_an_agent_the_socket_is_named()
    {
        using var client = new AgentApiClient("/nowhere/edgeop.sock");

        var status = () => client.GetStatusAsync(CancellationToken.None);

        (await status.Should().ThrowAsync<AgentUnreachableException>()).WithMessage("*does not answer on /nowhere/edgeop.sock: *");
    }
}
