using System.Net;
using EdgeOperator.Functions.Blobs;
using EdgeOperator.Functions.Blobs.Azure;
using EdgeOperator.Functions.Tests.Queues;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Isolated;

/// <summary>Microsoft's .NET isolated worker with blobs: the host's own, and one of a storage account for <c>BlobClient</c>.</summary>
public sealed class BlobFunctionTests(BlobFunctionTests.Account account) : IClassFixture<BlobFunctionTests.Account>
{
    [Fact]
    public async Task What_a_function_puts_out_another_one_gets()
    {
        using var written = await account.App.Client.PostAsync("api/blob/write/a", new StringContent("grüße"));
        written.StatusCode.Should().Be(HttpStatusCode.Created);

        (await account.App.Host.GetAsync("api/blob/read/a")).Should().Be("grüße in 7");
        (await account.App.Host.Control.GetStringAsync("blobs/isolated/a.txt")).Should().Be("grüße");
        using var missing = await account.App.Client.GetAsync("api/blob/read/missing");
        missing.StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_blob_that_arrives_runs_a_function_and_one_that_keeps_failing_becomes_poison()
    {
        await PutAsync("arriving/good.txt", "hello");
        await PutAsync("arriving/broken.txt", "bad");

        await Eventually.SucceedsAsync(async () => (await account.App.Host.Control.GetStringAsync("blobs/arrived/good.copy")).Should().Be("good: hello"));
        await Eventually.SucceedsAsync(async () => (await account.App.LogAsync("blob-poison")).Should().Contain("poison {").And.Contain("broken.txt"));
    }

    [Fact]
    public async Task A_blob_of_an_account_arrives_as_the_SDKs_own_client()
    {
        await new AzureBlobStore(account.Azurite.Connection).WriteAsync(BlobPath.Parse("isolated/mine.txt"), "content"u8.ToArray(), default);

        (await account.App.Host.GetAsync("api/blob/client/mine")).Should().Be("isolated mine.txt content");
    }

    private async Task PutAsync(string path, string content)
    {
        using var answer = await account.App.Host.Control.PutAsync($"blobs/{path}", new StringContent(content));
        answer.StatusCode.Should().Be(HttpStatusCode.Created);
    }

    public sealed class Account : IAsyncLifetime
    {
        public AzuriteBlobs Azurite { get; } = new();

        public IsolatedHost App { get; } = new();

        public async Task InitializeAsync()
        {
            await Azurite.InitializeAsync();
            await App.Host.StartAsync();
            await App.Host.ServeAsync(await App.RequestAsync("g1", ("Cloud", Azurite.Connection)));
        }

        public async Task DisposeAsync()
        {
            await App.DisposeAsync();
            await Azurite.DisposeAsync();
        }
    }
}

/// <summary>Inputs of functions that take their requests by HTTP themselves.</summary>
public sealed class WebBlobTests(WebHost app) : IClassFixture<WebHost>
{
    [Fact]
    public async Task A_function_that_is_forwarded_its_request_gets_its_further_inputs()
    {
        using var answer = await app.Host.Control.PutAsync("blobs/isolated/w.txt", new StringContent("content"));

        (await app.Host.GetAsync("api/blob/web/w")).Should().Be("web content");
    }

    [Fact]
    public async Task A_function_whose_connection_is_missing_is_refused_by_name_and_the_others_run()
    {
        var problem = (await app.Host.ReportAsync()).Functions.Single(f => f.Name == "blob-client");

        problem.Error.Should().Contain("The binding client names the connection Cloud, and there is no such setting");
    }
}
