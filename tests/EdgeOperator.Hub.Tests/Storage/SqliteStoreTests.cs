using EdgeOperator.Hub.Storage;
using EdgeOperator.Hub.Storage.Sqlite;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Storage;

public sealed class SqliteStoreTests : StoreTests, IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SecretBox _secrets;

    public SqliteStoreTests()
    {
        _secrets = SecretBox.Open(_folder.File("secrets.key"));
        Store = SqliteStore.Open(_folder.File("hub.db"), _secrets, isServer: true);
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        _secrets.Dispose();
        _folder.Dispose();
    }
}
