using System.Text;
using EdgeOperator.Functions.Queues.Embedded;
using EdgeOperator.Functions.Storage;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Queues;

public sealed class KilledHostTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Database => _folder.File("host.db");

    private string Log => _folder.File("log");

    [Fact]
    public async Task A_host_that_is_killed_in_the_middle_of_a_batch_loses_no_message()
    {
        var sent = Enumerable.Range(0, 400).Select(i => $"m{i}").ToArray();
        await using (var database = HostDatabase.Open(Database))
        {
            var queue = (await EmbeddedQueues.OpenAsync(database, TimeProvider.System, default)).Open("orders");
            await Task.WhenAll(sent.Select(m => queue.SendAsync(Encoding.UTF8.GetBytes(m), default)));
        }

        foreach (var mark in new[] { 50, 200 })
        {
            await using var host = Start(QueueWorkerProcess.Work);
            await Eventually.TrueAsync($"{mark} are worked on", () => Lines().Length >= mark);
            host.Kill();
        }

        await using (Start(QueueWorkerProcess.Work))
            await Eventually.SucceedsAsync(() => Lines().Distinct().Should().BeEquivalentTo(sent));
        Lines().Should().HaveCountLessOrEqualTo(sent.Length + (2 * 24), "only what was worked on when it was killed comes again");
        await Eventually.SucceedsAsync(async () =>
        {
            // Even the last host was killed, maybe between a message's work and its end: then it comes once more.
            if ((await LeftAsync()).Length > 0)
            {
                var before = Lines().Length;
                await using (Start(QueueWorkerProcess.Work))
                    await Eventually.TrueAsync("what is left comes again", () => Lines().Length > before);
            }

            (await LeftAsync()).Should().BeEmpty();
        });
    }

    [Fact]
    public async Task What_was_accepted_is_there_after_a_kill()
    {
        await using (var host = Start(QueueWorkerProcess.Send))
        {
            await Eventually.TrueAsync("some were accepted", () => Lines().Length >= 300);
            host.Kill();
        }

        (await LeftAsync()).Should().Contain(Lines());
    }

    public void Dispose() => _folder.Dispose();

    private GuardedProcess Start(string role) => GuardedProcess.Start(
        _folder.File("output"), "", "dotnet", typeof(KilledHostTests).Assembly.Location, role, Database, Log);

    // The last line may be half written.
    private string[] Lines() => File.Exists(Log) ? File.ReadAllText(Log).Split('\n')[..^1] : [];

    private async Task<string[]> LeftAsync()
    {
        await using var database = HostDatabase.Open(Database);
        var queue = (await EmbeddedQueues.OpenAsync(database, TimeProvider.System, default)).Open("orders");
        return [.. (await queue.PeekAsync(int.MaxValue, default)).Select(m => Encoding.UTF8.GetString(m.Body.Span))];
    }
}
