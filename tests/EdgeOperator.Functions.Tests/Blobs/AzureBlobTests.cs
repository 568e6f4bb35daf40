using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Blobs;
using EdgeOperator.Functions.Blobs.Azure;
using EdgeOperator.Functions.Queues.Embedded;
using EdgeOperator.Functions.Tests.Queues;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Functions.Tests.Blobs;

public sealed class AzureBlobTests(AzuriteBlobs azurite) : IClassFixture<AzuriteBlobs>
{
    private readonly string _container = $"c{Guid.NewGuid():N}";

    [Fact]
    public async Task What_is_written_is_read_and_replaced()
    {
        var store = new AzureBlobStore(azurite.Connection);
        var path = BlobPath.Of(_container, "a b/é%?#.txt");
        (await store.ReadAsync(path, default)).Should().BeNull("there is no container");

        await store.WriteAsync(path, "one"u8.ToArray(), default);
        var first = await store.ReadAsync(path, default);
        await store.WriteAsync(path, new byte[] { 0, 0xff }, default);
        var second = await store.ReadAsync(path, default);

        Encoding.UTF8.GetString(first!.Content.Span).Should().Be("one");
        second!.Content.ToArray().Should().Equal(0, 0xff);
        second.Properties.ETag.Should().NotBe(first.Properties.ETag).And.NotContain("\"");
        (await store.ReadAsync(BlobPath.Of(_container, "missing"), default)).Should().BeNull();
    }

    [Fact]
    public async Task Blobs_are_listed_by_prefix_with_the_versions_that_reading_finds()
    {
        var store = new AzureBlobStore(azurite.Connection);
        foreach (var name in (string[])["p/a", "p/b", "q"])
            await store.WriteAsync(BlobPath.Of(_container, name), "x"u8.ToArray(), default);

        var listed = new List<BlobProperties>();
        await foreach (var blob in store.ListAsync(_container, "p/", default))
            listed.Add(blob);

        listed.Select(b => b.Path.Name).Should().Equal("p/a", "p/b");
        listed[0].ETag.Should().Be((await store.ReadAsync(listed[0].Path, default))!.Properties.ETag);
        await foreach (var blob in store.ListAsync("missing", "", default))
            blob.Should().BeNull("the container is missing");
    }

    [Fact]
    public async Task A_wrong_key_is_told_without_telling_the_key()
    {
        var store = new AzureBlobStore(azurite.WrongKey);

        var refused = await FluentActions.Awaiting(() => store.WriteAsync(BlobPath.Of(_container, "a"), "x"u8.ToArray(), default)).Should().ThrowAsync<IOException>();

        refused.WithMessage("The storage account * answered 403 (*) for the blob *: check the key*").Which.ToString().Should().NotContain("d3Jvbmc=").And.NotContain("SharedKey");
        store.Id.Should().EndWith("/devstoreaccount1");
    }

    [Fact]
    public async Task An_account_that_does_not_answer_is_an_error()
    {
        var store = new AzureBlobStore($"AccountName=shop;AccountKey=d3Jvbmc=;BlobEndpoint=http://127.0.0.1:{FreePort.Next()}/shop");

        await FluentActions.Awaiting(() => store.ReadAsync(BlobPath.Of(_container, "a"), default))
            .Should().ThrowAsync<IOException>().WithMessage("The storage account 127.0.0.1:*/shop can't be reached: *");
    }

    [Theory]
    [InlineData("AccountName=shop")]
    [InlineData("AccountName=shop;AccountKey=no base64!")]
    [InlineData("nonsense")]
    [InlineData("QueueEndpoint=http://127.0.0.1/x;SharedAccessSignature=sig=secret")]
    public void A_connection_string_that_can_not_be_used_is_told_without_repeating_it(string connection) =>
        FluentActions.Invoking(() => AzureBlobStore.Check(connection)).Should().Throw<FormatException>()
            .WithMessage("The connection string of the storage account can't be used for blobs: it needs *").Which.ToString().Should().NotContain("secret");

    [Fact]
    public async Task A_listener_processes_the_blobs_of_an_account()
    {
        await using var folder = new Folder();
        await folder.Blobs.InitializeAsync();
        var store = new AzureBlobStore(azurite.Connection);
        await store.WriteAsync(BlobPath.Of(_container, "a.txt"), "1"u8.ToArray(), default);
        var functions = new Recorder();
        var trigger = new Binding("blob", "blobTrigger", BindingDirection.In, new JsonObject());
        var poison = (await EmbeddedQueues.OpenAsync(folder.Blobs.Database, TimeProvider.System, default)).Open(BlobListener.PoisonQueue);
        for (var restart = 0; restart < 2; restart++)
        {
            await using var listener = new BlobListener(
                new("Watch", [trigger]) { Folder = "/" }, new(store, BlobPattern.Parse($"{_container}/{{name}}.txt"), _ => null), new(), new(folder.Blobs.Database), poison,
                functions, TimeProvider.System, NullLogger<BlobListener>.Instance);
            listener.Start();
            await Eventually.SucceedsAsync(async () => (await new BlobReceipts(folder.Blobs.Database).LoadAsync("Watch", store.Id, _container)).Should().ContainSingle());
            await listener.DrainAsync(default);
        }

        functions.Calls.Should().ContainSingle().Which.Metadata["name"]!.GetValue<string>().Should().Be("a");
    }

    private sealed class Folder : IAsyncDisposable
    {
        public BlobFolder Blobs { get; } = new();

        public async ValueTask DisposeAsync() => await Blobs.DisposeAsync();
    }
}
