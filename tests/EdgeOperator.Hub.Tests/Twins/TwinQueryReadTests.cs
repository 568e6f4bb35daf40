using System.Text.Json.Nodes;
using EdgeOperator.Core.Twins;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Storage;
using EdgeOperator.Hub.Storage.Sqlite;
using EdgeOperator.Hub.Tests.Storage;
using EdgeOperator.Hub.Twins;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Twins;

/// <summary>How much of the store a page of devices reads, however many devices there are.</summary>
public sealed class TwinQueryReadTests : IAsyncLifetime
{
    private const int Devices = 2000;
    private const int Page = 50;

    private readonly TempFolder _folder = new();
    private SecretBox _secrets = null!;
    private SqliteStore _store = null!;
    private IHubStore _counted = null!;

    private CountingStore Count => CountingStore.Of(_counted);

    public async Task InitializeAsync()
    {
        _secrets = SecretBox.Open(_folder.File("secrets.key"));
        _store = SqliteStore.Open(_folder.File("hub.db"), _secrets, isServer: true);
        await Task.WhenAll(Enumerable.Range(0, Devices).Select(number => _store.AddAsync(
            new Identity(new($"till-{number:00000}"), "1", "1"), Twin.Initial with { Tags = new JsonObject { ["labels"] = new JsonObject { ["site"] = $"site-{number % 100}" } } }, default)));
        _counted = CountingStore.Over(_store);
    }

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        _secrets.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_page_of_all_devices_reads_one_row_more_than_it_shows_the_last_pages_too()
    {
        var queries = new TwinQueries(_counted, TimeProvider.System);

        string? continuation = null;
        for (var page = 0; page < 3; page++)
        {
            Count.Rows = 0;
            var answer = await queries.RunAsync("SELECT * FROM devices", Page, continuation, default);
            (answer.Items.Count, Count.Rows).Should().Be((Page, Page + 1));
            continuation = answer.Continuation;
        }
    }

    [Fact]
    public async Task A_filter_by_labels_reads_the_devices_with_these_alone()
    {
        var answer = await new TwinQueries(_counted, TimeProvider.System).RunAsync("SELECT * FROM devices WHERE (tags.labels.site = 'site-7')", Page, null, default);

        (answer.Items.Count, Count.Rows).Should().Be((Devices / 100, Devices / 100));
    }
}
