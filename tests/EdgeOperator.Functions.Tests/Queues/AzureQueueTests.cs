using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Queues;
using EdgeOperator.Functions.Queues.Azure;
using EdgeOperator.Functions.Tests.Workers.Forwarding;
using EdgeOperator.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Functions.Tests.Queues;

public sealed class AzureQueueTests(Azurite azurite) : IClassFixture<Azurite>
{
    private static readonly TimeSpan Hold = TimeSpan.FromMinutes(1);

    private readonly string _name = $"q-{Guid.NewGuid():N}";

    [Fact]
    public async Task What_is_sent_comes_back_and_can_be_deleted_once()
    {
        var queue = Open(azurite.Connection);
        await queue.SendAsync("<hé & \"llo\">"u8.ToArray(), default);
        await queue.SendAsync(new byte[] { 0, 0xff, 1 }, default);

        var messages = await queue.ReceiveAsync(32, Hold, default);
        messages.Should().HaveCount(2);
        Text(messages[0]).Should().Be("<hé & \"llo\">");
        messages[1].Body.ToArray().Should().Equal(0, 0xff, 1);
        messages[0].DequeueCount.Should().Be(1);
        messages[0].Expires.Should().Be(messages[0].Inserted.AddDays(7));
        messages[0].NextVisible.Should().BeAfter(messages[0].Inserted);
        (await queue.ReceiveAsync(32, Hold, default)).Should().BeEmpty();

        (await queue.DeleteAsync(messages[0], default)).Should().BeTrue();
        (await queue.DeleteAsync(messages[0], default)).Should().BeFalse();
    }

    [Fact]
    public async Task A_renewed_message_has_a_new_receipt_and_a_released_one_comes_again()
    {
        var queue = Open(azurite.Connection);
        await queue.SendAsync("a"u8.ToArray(), default);
        var message = (await queue.ReceiveAsync(1, Hold, default))[0];
        var renewed = await queue.RenewAsync(message, Hold, default);
        renewed!.Receipt.Should().NotBe(message.Receipt);
        (await queue.RenewAsync(message, Hold, default)).Should().BeNull("its receipt is an old one");

        await queue.ReleaseAsync(renewed, TimeSpan.Zero, default);
        var again = (await queue.ReceiveAsync(1, Hold, default)).Should().ContainSingle().Subject;
        (Text(again), again.DequeueCount).Should().Be(("a", 2));
    }

    [Fact]
    public async Task A_queue_that_is_missing_is_empty() =>
        (await Open(azurite.Connection).ReceiveAsync(1, Hold, default)).Should().BeEmpty();

    [Fact]
    public async Task Plain_text_is_sent_as_it_is()
    {
        await Open(azurite.Connection, base64: false).SendAsync("plain"u8.ToArray(), default);
        var message = (await Open(azurite.Connection).ReceiveAsync(1, TimeSpan.FromSeconds(1), default))[0];
        (message.IsMalformed, Text(message)).Should().Be((true, "plain"), "base64 was expected");
        await FluentActions.Awaiting(() => Open(azurite.Connection, base64: false).SendAsync(new byte[] { 0xff }, default))
            .Should().ThrowAsync<IOException>().WithMessage("*no UTF-8 text*messageEncoding*");
    }

    [Fact]
    public async Task A_signature_lets_in_and_only_where_it_says()
    {
        await Open(azurite.Connection).SendAsync("a"u8.ToArray(), default);
        var queue = Open(azurite.Signature("raup"));
        await queue.SendAsync("b"u8.ToArray(), default);
        (await queue.ReceiveAsync(32, Hold, default)).Should().HaveCount(2);
        await FluentActions.Awaiting(() => Open(azurite.Signature("r")).SendAsync("c"u8.ToArray(), default))
            .Should().ThrowAsync<IOException>().WithMessage("*answered 403 (Authorization*) for the queue *: check the key or signature*");
    }

    [Fact]
    public async Task A_wrong_key_is_told_without_telling_the_key()
    {
        var refused = await FluentActions.Awaiting(() => Open(azurite.WrongKey).SendAsync("a"u8.ToArray(), default)).Should().ThrowAsync<IOException>();
        refused.WithMessage("*answered 403 (*) for the queue *: check the key*clock").Which.ToString().Should().NotContain("d3Jvbmc=").And.NotContain("SharedKey");
    }

    [Fact]
    public async Task Text_that_XML_can_not_carry_is_refused_and_text_of_any_language_is_not()
    {
        var queue = Open(azurite.Connection, base64: false);
        await queue.SendAsync("\ud83d\ude00 ü \t\n"u8.ToArray(), default);
        await FluentActions.Awaiting(() => queue.SendAsync(new byte[] { 1 }, default))
            .Should().ThrowAsync<IOException>().WithMessage("*control characters*messageEncoding*");
        (await queue.ReceiveAsync(32, Hold, default)).Select(Text).Should().Equal("\ud83d\ude00 ü \t\n");
    }

    [Fact]
    public async Task An_answer_that_is_no_queue_service_s_is_an_error_like_any_other()
    {
        await using var portal = await Web.StartAsync(context => context.Response.WriteAsync("<html><body>Please <br> log in"));
        var queue = Open($"AccountName=shop;AccountKey=d3Jvbmc=;QueueEndpoint={portal.Url}/shop");
        await FluentActions.Awaiting(() => queue.ReceiveAsync(1, Hold, default)).Should().ThrowAsync<IOException>().WithMessage("*gave an answer that can't be read for the queue*");
    }

    [Fact]
    public async Task A_listener_works_on_its_messages_and_puts_poison_aside()
    {
        var queue = Open(azurite.Connection);
        var functions = new Recorder
        {
            Answer = (call, _) => Task.FromResult(call.Inputs["message"] is Value.Text { Content: "bad" } ? InvocationResult.Failed("no") : Recorder.Success),
        };
        await using var listener = Listen(queue, functions);
        await queue.SendAsync("bad"u8.ToArray(), default);
        await queue.SendAsync("good"u8.ToArray(), default);
        await Open(azurite.Connection, base64: false).SendAsync("malformed"u8.ToArray(), default);

        var poison = new List<string>();
        await Eventually.SucceedsAsync(async () =>
        {
            poison.AddRange((await Open(azurite.Connection, base64: true, $"{_name}-poison").ReceiveAsync(32, Hold, default)).Select(Text));
            poison.Should().BeEquivalentTo("bad", "malformed");
        });
        functions.Calls.Count(c => c.Inputs["message"] is Value.Text { Content: "bad" }).Should().Be(5);
        functions.Calls.Count(c => c.Inputs["message"] is Value.Text { Content: "good" }).Should().Be(1);
        functions.Calls[0].Metadata.Should().ContainKeys("Id", "PopReceipt", "DequeueCount", "InsertionTime", "ExpirationTime", "NextVisibleTime");
    }

    [Fact]
    public async Task A_listener_outlives_the_service()
    {
        var own = new Azurite();
        await own.InitializeAsync();
        var queue = Open(own.Connection);
        var functions = new Recorder();
        await using (var listener = Listen(queue, functions))
        {
            await queue.SendAsync("before"u8.ToArray(), default);
            await Eventually.TrueAsync("the first came", () => functions.Calls.Count == 1);
            await own.KillAsync();
            var told = await FluentActions.Awaiting(() => queue.SendAsync("lost"u8.ToArray(), default)).Should().ThrowAsync<IOException>();
            told.WithMessage("*can't be reached*");

            await own.StartAgainAsync();
            await queue.SendAsync("after"u8.ToArray(), default);
            await Eventually.TrueAsync("the next came", () => functions.Calls.Any(c => c.Inputs["message"] is Value.Text { Content: "after" }));
        }

        await own.DisposeAsync();
    }

    private AzureQueue Open(string connection, bool base64 = true, string? name = null) =>
        new AzureQueues(connection).Open(name ?? _name, base64, TimeProvider.System);

    private QueueListener Listen(AzureQueue queue, Recorder functions)
    {
        var trigger = new Binding("message", "queueTrigger", BindingDirection.In, new JsonObject { ["queueName"] = _name });
        var function = new FunctionDefinition("Take", [trigger]) { Folder = "/" };
        var listener = new QueueListener(
            function, queue, new() { MaxPollingInterval = TimeSpan.FromMilliseconds(500) }, functions, TimeProvider.System, NullLogger<QueueListener>.Instance);
        listener.Start();
        return listener;
    }

    private static string Text(QueueMessage message) => Encoding.UTF8.GetString(message.Body.Span);
}
