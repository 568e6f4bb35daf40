using System.Security.Cryptography;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Machines;

/// <summary>Tests that boot machines: one at a time, and beside nothing else, for an emulated guest needs the processors.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SharedGuest : ICollectionFixture<GuestImage>
{
    public const string Name = "machines";
}

/// <summary>The minimal guest image: built once, from src/guest, unless <c>EDGEOP_GUEST_IMAGE</c> names one.</summary>
public sealed class GuestImage : IAsyncLifetime
{
    public string Path { get; private set; } = "";

    public string Sha256 { get; private set; } = "";

    internal MachineImage Image => new(Path, Sha256);

    public async Task InitializeAsync()
    {
        Path = Environment.GetEnvironmentVariable("EDGEOP_GUEST_IMAGE") ?? await BuildAsync();
        await using var file = File.OpenRead(Path);
        Sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(file));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    private static async Task<string> BuildAsync()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(root.FullName, "EdgeOperator.sln")))
            root = root.Parent ?? throw new InvalidOperationException($"{AppContext.BaseDirectory} is not in the repository");
        var image = System.IO.Path.Combine(root.FullName, "artifacts", "guest", "minimal.qcow2");
        if (!File.Exists(image))
            await Shell.RunAsync(System.IO.Path.Combine(root.FullName, "src/guest/build.sh"), "minimal", image);
        return image;
    }
}
