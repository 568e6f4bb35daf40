using System.Diagnostics;
using EdgeOperator.Agent.Kinds.SystemUpdate.Packages;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Kinds.SystemUpdate.Packages;

public sealed class EngineProcessesTests
{
    [Fact]
    public async Task An_engine_s_process_from_before_its_update_is_known_until_it_ends()
    {
        using var folder = new TempFolder();
        File.Copy("/bin/sleep", folder.File("dockerd"));
        using var engine = Process.Start(folder.File("dockerd"), "100")!;
        try
        {
            var seen = await Eventually.GetAsync(() => Task.FromResult(EngineProcesses.Of([new("docker.io", "1", "2")]).Single(process => process.Id == engine.Id)));
            seen.Name.Should().Be("dockerd");
            EngineProcesses.Runs(seen).Should().BeTrue();
            EngineProcesses.Runs(seen with { StartTime = seen.StartTime + 1 }).Should().BeFalse("another process may have its number later");
            EngineProcesses.Of([new("containerd", "1", "2"), new("app", "1", "2")]).Should().NotContain(seen, "its package was not changed");
        }
        finally
        {
            engine.Kill();
            await engine.WaitForExitAsync();
        }

        EngineProcesses.Of([new("docker.io", "1", "2")]).Should().NotContain(process => process.Id == engine.Id);
    }
}
