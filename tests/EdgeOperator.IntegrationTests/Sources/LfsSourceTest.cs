using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Sources;

/// <summary>A repository whose <c>.bin</c> files the real Git LFS commits and pushes to a server over HTTPS.</summary>
public abstract class LfsSourceTest : GitSourceTest
{
    protected const string Attributes = "*.bin filter=lfs diff=lfs merge=lfs -text\n";

    private readonly TestAuthority _authority = new();

    protected TempFolder Files { get; } = new();

    private protected HttpGitServer Server { get; private set; } = null!;

    private protected LfsServer Lfs { get; } = new();

    protected string Url => Server.Url + "/.git";

    protected string CaFile => Files.Write("ca.pem", _authority.Pem);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Repository.GitAsync("lfs", "install", "--local", "--skip-repo");
        Server = await HttpGitServer.StartAsync(Repository.Path, _authority.Server);
        Server.Lfs = Lfs;
    }

    public override async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        await base.DisposeAsync();
    }

    public override void Dispose()
    {
        _authority.Dispose();
        Files.Dispose();
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    protected static string HashOf(string content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));

    /// <summary>Commits files and pushes the large ones; the repository itself keeps none of them.</summary>
    protected async Task<string> PushAsync(params (string Path, string Content)[] files)
    {
        var commit = await Repository.CommitAsync([(".gitattributes", Attributes), .. files]);
        await Repository.GitAsync("-c", "http.sslVerify=false", "-c", $"lfs.url={Url}/info/lfs", "lfs", "push", "--all", Url);
        Directory.Delete(Path.Combine(Repository.Path, ".git", "lfs"), recursive: true);
        return commit;
    }

    private protected async Task<Artifact> DeliveredAsync() => await DeliveredAsync(Source(c => c with { Url = Url, CaFile = CaFile }));

    private protected static string TextOf(Artifact artifact, string path) =>
        artifact.Files.Single(f => f.Path == path) is { Refused: null } file ? Encoding.UTF8.GetString(file.Content.Span) : "";

    private protected static string? RefusalOf(Artifact artifact, string path) => artifact.Files.Single(f => f.Path == path).Refused;
}
