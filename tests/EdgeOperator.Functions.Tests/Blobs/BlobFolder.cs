using EdgeOperator.Functions.Blobs;
using EdgeOperator.Functions.Blobs.Embedded;
using EdgeOperator.Functions.Storage;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Blobs;

/// <summary>A host's database and its own blobs, in a folder that outlives both.</summary>
public sealed class BlobFolder : IAsyncLifetime
{
    private readonly TempFolder _folder = new();

    public HostDatabase Database { get; private set; } = null!;

    public EmbeddedBlobs Blobs { get; private set; } = null!;

    internal IBlobStore Store => Blobs;

    public string Root => _folder;

    public string Contents => _folder.File("blobs");

    public async Task InitializeAsync()
    {
        Database = HostDatabase.Open(_folder.File("host.db"));
        Blobs = await EmbeddedBlobs.OpenAsync(Database, Contents, TimeProvider.System, default);
    }

    /// <summary>As the next host finds it.</summary>
    public async Task ReopenAsync()
    {
        await Database.DisposeAsync();
        await InitializeAsync();
    }

    internal Task WriteAsync(string path, string content) => Store.WriteAsync(BlobPath.Parse(path), System.Text.Encoding.UTF8.GetBytes(content), default);

    internal async Task<string?> ReadAsync(string path) =>
        await Store.ReadAsync(BlobPath.Parse(path), default) is { } blob ? System.Text.Encoding.UTF8.GetString(blob.Content.Span) : null;

    public async Task DisposeAsync()
    {
        await Database.DisposeAsync();
        _folder.Dispose();
    }
}
