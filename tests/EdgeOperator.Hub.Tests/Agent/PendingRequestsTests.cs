using EdgeOperator.Agent.Sources.Twin;
using EdgeOperator.Hub.Tests.Mqtt;

namespace EdgeOperator.Hub.Tests.Agent;

public sealed class PendingRequestsTests
{
    private readonly HandTime _time = new();
    private readonly PendingRequests<int> _requests;
    private string _sent = "";

    public PendingRequestsTests() => _requests = new(_time);

    [Fact]
    public async Task An_answer_reaches_whoever_has_asked()
    {
        var other = _requests.SendAsync(_ => Task.CompletedTask, default);
        var asked = AskAsync();

        _requests.Answer("unknown", 1);
        _requests.Answer(_sent, 2);

        (await asked).Should().Be(2);
        other.IsCompleted.Should().BeFalse();
    }

    [Fact]
    public async Task Nobody_waits_for_ever_for_an_answer_that_is_lost()
    {
        var asked = AskAsync();

        _time.Elapse(TimeSpan.FromMinutes(1));

        await FluentActions.Awaiting(() => asked).Should().ThrowAsync<TimeoutException>();
    }

    private Task<int> AskAsync() => _requests.SendAsync(
        id =>
        {
            _sent = id;
            return Task.CompletedTask;
        },
        default);
}
