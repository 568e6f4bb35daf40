using EdgeOperator.Hub.Mqtt;

namespace EdgeOperator.Hub.Tests.Mqtt;

public sealed class LoginAdmissionTests : IDisposable
{
    private readonly HandTime _time = new();
    private readonly LoginAdmission _admission;

    public LoginAdmissionTests() => _admission = new(new(new()), _time);

    [Fact]
    public async Task Who_finds_no_place_gets_one_when_another_has_logged_in()
    {
        var places = await FillAsync();

        var waiting = _admission.EnterAsync(default);
        waiting.IsCompleted.Should().BeFalse();
        places[0].Dispose();

        (await waiting).Should().NotBeNull();
    }

    [Fact]
    public async Task Who_finds_none_in_time_is_told_so_and_takes_none_later()
    {
        var places = await FillAsync();

        var waiting = _admission.EnterAsync(default);
        _time.Elapse(LoginAdmission.LongestWait);

        (await waiting).Should().BeNull();
        places[0].Dispose();
        (await _admission.EnterAsync(default)).Should().NotBeNull();
    }

    [Fact]
    public async Task Who_has_gone_waits_no_more()
    {
        await FillAsync();
        using var gone = new CancellationTokenSource();

        var waiting = _admission.EnterAsync(gone.Token);
        await gone.CancelAsync();

        await FluentActions.Awaiting(() => waiting).Should().ThrowAsync<OperationCanceledException>();
    }

    public void Dispose() => _admission.Dispose();

    private async Task<List<IDisposable>> FillAsync()
    {
        var places = new List<IDisposable>();
        for (var i = 0; i < LoginAdmission.MostAtOnce; i++)
            places.Add((await _admission.EnterAsync(default))!);
        return places;
    }
}
