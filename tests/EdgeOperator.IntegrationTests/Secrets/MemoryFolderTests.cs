using EdgeOperator.Agent.Secrets;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Secrets;

/// <summary>Files of secrets on a real file system in memory.</summary>
public sealed class MemoryFolderTests : IDisposable
{
    private readonly TempFolder _state = new();
    private readonly MemoryFolder _folder;

    public MemoryFolderTests() => _folder = new(_state);

    [Fact]
    public async Task Groups_whose_containers_are_gone_go_and_those_of_others_stay()
    {
        foreach (var group in (string[])["module-a", "module-b", "app-c"])
            _folder.Write(group, [new("0", "hunter2"u8.ToArray(), UnixFileMode.UserRead)]);

        await ((IMemoryFiles)_folder).RetainAsync("module-", ["module-b"], CancellationToken.None);

        Directory.GetDirectories(Root).Select(Path.GetFileName).Should().BeEquivalentTo("module-b", "app-c");
        (await File.ReadAllTextAsync(Path.Combine(_folder.PathOf("module-b"), "0"))).Should().Be("hunter2");
    }

    public void Dispose()
    {
        Directory.Delete(Root, recursive: true);
        _state.Dispose();
    }

    private string Root => Path.GetDirectoryName(_folder.PathOf("x"))!;
}
