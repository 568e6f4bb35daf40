using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Blobs;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Queues.Embedded;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Functions.Tests.Blobs;

public sealed class BlobListenerTests : IAsyncLifetime
{
    private readonly BlobFolder _folder = new();
    private readonly Recorder _functions = new();

    public Task InitializeAsync() => _folder.InitializeAsync();

    public Task DisposeAsync() => _folder.DisposeAsync();

    [Fact]
    public async Task Blobs_that_are_there_and_those_that_come_are_processed_once_each()
    {
        await _folder.WriteAsync("incoming/before.txt", "1");
        await _folder.WriteAsync("incoming/before.png", "not meant");
        await _folder.WriteAsync("other/before.txt", "not meant");
        await using var listener = await ListenAsync();
        await ProcessedAsync("before:1");

        await _folder.WriteAsync("incoming/after.txt", "2");
        await ProcessedAsync("before:1", "after:2");
        await _folder.WriteAsync("incoming/after.txt", "3");
        await ProcessedAsync("before:1", "after:2", "after:3");
    }

    [Fact]
    public async Task A_version_that_was_processed_is_not_processed_after_a_restart_and_a_newer_one_is()
    {
        await _folder.WriteAsync("incoming/a.txt", "1");
        await _folder.WriteAsync("incoming/b.txt", "1");
        await using (var listener = await ListenAsync())
        {
            await ProcessedAsync("a:1", "b:1");
            await listener.DrainAsync(default);
        }

        await _folder.ReopenAsync();
        await _folder.WriteAsync("incoming/b.txt", "2");
        await using var next = await ListenAsync();

        await ProcessedAsync("a:1", "b:1", "b:2");
        await _folder.WriteAsync("incoming/c.txt", "1");
        await ProcessedAsync("a:1", "b:1", "b:2", "c:1");
    }

    [Fact]
    public async Task A_blob_that_keeps_failing_is_tried_as_often_as_host_json_says_and_told_to_the_poison_queue()
    {
        _functions.Answer = (call, _) => Task.FromResult(Text(call) == "bad" ? InvocationResult.Failed("no") : Recorder.Success);
        await _folder.WriteAsync("incoming/a.txt", "bad");
        await using var listener = await ListenAsync(settings: new() { PoisonBlobThreshold = 2 });
        await Eventually.SucceedsAsync(async () => (await PoisonAsync()).Should().ContainSingle());

        await _folder.WriteAsync("incoming/b.txt", "good");
        await Eventually.TrueAsync("the next one is processed", () => _functions.Calls.Any(c => Text(c) == "good"));

        _functions.Calls.Count(c => Text(c) == "bad").Should().Be(2);
        var etag = (await _folder.Store.ReadAsync(BlobPath.Parse("incoming/a.txt"), default))!.Properties.ETag;
        (await PoisonAsync()).Single().Should().Be(
            $$"""{"Type":"BlobTrigger","FunctionId":"Host.Functions.Watch","BlobType":"BlockBlob","ContainerName":"incoming","BlobName":"a.txt","ETag":"{{etag}}"}""");
    }

    [Fact]
    public async Task A_blob_that_fails_is_tried_again_after_one_two_four_and_eight_seconds()
    {
        var clock = new HandClock(DateTimeOffset.UnixEpoch);
        var attempts = new System.Collections.Concurrent.ConcurrentQueue<double>();
        _functions.Answer = (_, _) =>
        {
            attempts.Enqueue((clock.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds);
            return Task.FromResult(InvocationResult.Failed("no"));
        };
        await _folder.WriteAsync("incoming/a.txt", "bad");
        await using var listener = await ListenAsync(clock);
        for (var second = 0; second < 15; second++)
        {
            await Eventually.TrueAsync("the listener and the blob wait", () => clock.Waiting == 2);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        await Eventually.SucceedsAsync(async () => (await PoisonAsync()).Should().ContainSingle());
        attempts.Should().Equal(0, 1, 3, 7, 15);
    }

    [Fact]
    public async Task What_is_given_up_is_processed_again()
    {
        var started = new TaskCompletionSource();
        _functions.Answer = async (_, cancellation) =>
        {
            started.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
            return Recorder.Success;
        };
        await _folder.WriteAsync("incoming/a.txt", "1");
        await using (await ListenAsync())
        {
            await started.Task;
        }

        _functions.Answer = (_, _) => Task.FromResult(Recorder.Success);
        await using var next = await ListenAsync();
        await ProcessedAsync("a:1", "a:1");
    }

    [Fact]
    public async Task The_receipt_of_a_deleted_blob_is_deleted()
    {
        await _folder.WriteAsync("incoming/a.txt", "1");
        await using var listener = await ListenAsync();
        await Eventually.SucceedsAsync(async () => (await ReceiptsAsync()).Should().Equal("a.txt"));

        await _folder.Blobs.DeleteAsync(BlobPath.Parse("incoming/a.txt"), default);
        await _folder.WriteAsync("incoming/b.txt", "1");

        await Eventually.SucceedsAsync(async () => (await ReceiptsAsync()).Should().Equal("b.txt"));
    }

    [Fact]
    public async Task Eight_run_at_once_at_most()
    {
        var go = new TaskCompletionSource();
        _functions.Answer = async (_, _) =>
        {
            await go.Task;
            return Recorder.Success;
        };
        for (var n = 0; n < 20; n++)
            await _folder.WriteAsync($"incoming/{n}.txt", "");
        await using var listener = await ListenAsync();
        await Eventually.TrueAsync("eight run", () => _functions.Running == 8);

        go.SetResult();

        await Eventually.TrueAsync("all are done", () => _functions.Calls.Count == 20 && _functions.Running == 0);
        _functions.MostAtOnce.Should().Be(8);
    }

    [Fact]
    public async Task A_function_gets_the_triggers_metadata()
    {
        await _folder.WriteAsync("incoming/a.txt", "12");
        await using var listener = await ListenAsync();
        await ProcessedAsync("a:12");

        var metadata = _functions.Calls[0].Metadata;
        metadata.Should().ContainKeys("name", "BlobTrigger", "Uri", "Properties", "Metadata");
        metadata["BlobTrigger"]!.GetValue<string>().Should().Be("incoming/a.txt");
        metadata["Properties"]!["ContentLength"]!.GetValue<long>().Should().Be(2);
        BindingData.Of(_functions.Calls[0])["blobTrigger"]!.GetValue<string>().Should().Be("incoming/a.txt");
    }

    private async Task<BlobListener> ListenAsync(TimeProvider? time = null, BlobSettings? settings = null)
    {
        var trigger = new Binding("blob", "blobTrigger", BindingDirection.In, new JsonObject { ["path"] = "incoming/{name}.txt", ["dataType"] = "string" });
        var function = new FunctionDefinition("Watch", [trigger]) { Folder = "/" };
        var listener = new BlobListener(
            function, new(_folder.Store, BlobPattern.Parse("incoming/{name}.txt"), _ => null), settings ?? new(), new(_folder.Database),
            (await QueuesAsync()).Open(BlobListener.PoisonQueue), _functions, time ?? TimeProvider.System, NullLogger<BlobListener>.Instance);
        listener.Start();
        return listener;
    }

    private Task<EmbeddedQueues> QueuesAsync() => EmbeddedQueues.OpenAsync(_folder.Database, TimeProvider.System, default);

    private Task ProcessedAsync(params string[] expected) => Eventually.SucceedsAsync(() =>
    {
        _functions.Calls.Select(c => $"{c.Metadata["name"]}:{Text(c)}").Should().BeEquivalentTo(expected);
        return Task.CompletedTask;
    });

    private async Task<IEnumerable<string>> PoisonAsync() =>
        (await (await QueuesAsync()).Open(BlobListener.PoisonQueue).PeekAsync(10, default)).Select(m => Encoding.UTF8.GetString(m.Body.Span));

    private async Task<IEnumerable<string>> ReceiptsAsync() =>
        (await new BlobReceipts(_folder.Database).LoadAsync("watch", "", "incoming")).Select(r => r.Key);

    private static string? Text(Invocation call) => (call.Inputs["blob"] as Value.Text)?.Content;
}
