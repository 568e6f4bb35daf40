using System.Collections.Immutable;
using System.Text;
using EdgeOperator.Functions.Queues.Azure;
using EdgeOperator.Functions.Tests.Queues;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Hosting.Real;

public sealed class AccountHostTests(Azurite azurite) : IClassFixture<Azurite>
{
    [Fact]
    public async Task A_function_takes_messages_of_a_storage_account_and_its_output_is_sent_to_the_account()
    {
        await using var host = new FunctionsHost();
        await host.StartAsync();
        await host.ServeAsync(ScriptApp.Write(host, "v1") with { Settings = ImmutableSortedDictionary<string, string>.Empty.Add("AzureWebJobsStorage", azurite.Connection) });
        var account = new AzureQueues(azurite.Connection);

        await account.Open("work", base64: true, TimeProvider.System).SendAsync("it"u8.ToArray(), default);

        var done = account.Open("done", base64: true, TimeProvider.System);
        await Eventually.SucceedsAsync(async () => (await done.ReceiveAsync(1, TimeSpan.FromMinutes(1), default)).Select(m => Encoding.UTF8.GetString(m.Body.Span)).Should().Equal("v1 did it"));
        await Eventually.SucceedsAsync(async () => (await account.Open("work", base64: true, TimeProvider.System).ReceiveAsync(1, TimeSpan.FromMinutes(1), default)).Should().BeEmpty());
    }
}
