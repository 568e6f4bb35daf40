using System.Diagnostics;
using System.Net;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Isolated;

/// <summary>One worker under 20 requests a second, while it is replaced; the app takes a moment to listen, as real ones do.</summary>
public sealed class WebTrafficTests : IAsyncLifetime
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly SlowWebHost _app = new();

    public Task InitializeAsync() => _app.InitializeAsync();

    public Task DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task No_request_fails_while_the_app_is_deployed_again()
    {
        var before = await ProcessAsync();
        var answers = await UnderLoadAsync(async () => await _app.Host.ServeAsync(await _app.RequestAsync("g2", ("START_DELAY", "500"))));

        answers.Should().OnlyContain(a => a.Status == HttpStatusCode.OK);
        answers.Select(a => a.Body).Distinct().Should().HaveCount(2).And.Contain(before);
    }

    [Fact]
    public async Task A_killed_worker_is_replaced_once_and_only_what_it_was_at_fails()
    {
        var before = await ProcessAsync();
        var killed = 0L;
        var answers = await UnderLoadAsync(async () =>
        {
            await Shell.RunAsync("kill", "-9", before);
            // Its sockets are open until it is gone: what comes before that is in flight.
            await Eventually.TrueAsync("the worker is gone", () => !Directory.Exists($"/proc/{before}"));
            killed = Stopwatch.GetTimestamp();
            await Eventually.SucceedsAsync(async () => (await _app.Host.ReportAsync()).Instances.Single().Should().Match<InstanceReport>(
                i => i.State == "ready" && i.Restarts == 1));
        });

        answers.Where(a => a.Began > killed).Should().OnlyContain(a => a.Status == HttpStatusCode.OK);
        answers.Where(a => a.Status == HttpStatusCode.OK).Select(a => a.Body).Should().Contain(body => body != before);
        (await _app.Host.ReportAsync()).Instances.Single().Restarts.Should().Be(1);
    }


    private async Task<string> ProcessAsync() => await _app.Host.GetAsync("api/web/process");

    private async Task<(long Began, HttpStatusCode Status, string Body)[]> UnderLoadAsync(Func<Task> work)
    {
        using var timer = new PeriodicTimer(Interval);
        var requests = new List<Task<(long, HttpStatusCode, string)>>();
        var working = work();
        // As many again when it is done, so that the new worker serves some.
        for (var after = 0; after < 20; after += working.IsCompleted ? 1 : 0)
        {
            requests.Add(RequestAsync());
            await timer.WaitForNextTickAsync();
        }

        await working;
        return await Task.WhenAll(requests);
    }

    private async Task<(long, HttpStatusCode, string)> RequestAsync()
    {
        var began = Stopwatch.GetTimestamp();
        using var response = await _app.Client.GetAsync("api/web/process");
        return (began, response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private sealed class SlowWebHost : IsolatedHost
    {
        protected override bool IsWeb => true;

        public override async Task InitializeAsync()
        {
            await Host.StartAsync();
            await Host.ServeAsync(await RequestAsync("g1", ("START_DELAY", "500")));
        }
    }
}
