using System.Diagnostics;
using System.Runtime.Versioning;
using EdgeOperator.Platform.Processes;
using EdgeOperator.Testing;

namespace EdgeOperator.Platform.Tests.Processes;

[SupportedOSPlatform("linux")]
public sealed class ProcessorWaitTests
{
    [Fact]
    public async Task What_shares_a_processor_waits_for_it_and_what_sleeps_does_not()
    {
        var processor = (await File.ReadAllLinesAsync("/proc/self/status")).Single(l => l.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal)).Split(':', '-', ',')[1].Trim();
        Process[] processes = [.. Enumerable.Range(0, 3).Select(_ => Process.Start("taskset", ["-c", processor, "sh", "-c", "while :; do :; done"]))];
        using var sleeper = Process.Start("sleep", ["600"]);
        try
        {
            await Eventually.TrueAsync("they wait", () => processes.All(p => ProcessorWait.OfBusiestThread(p.Id) > TimeSpan.FromMilliseconds(200) && ProcessorWait.OfAllThreads(p.Id) > TimeSpan.FromMilliseconds(200)));
            ProcessorWait.OfBusiestThread(sleeper.Id).Should().BeLessThan(ProcessorWait.OfBusiestThread(processes[0].Id));
        }
        finally
        {
            foreach (var process in processes.Append(sleeper))
            {
                process.Kill();
                await process.WaitForExitAsync();
            }
        }

        ProcessorWait.OfBusiestThread(processes[0].Id).Should().Be(TimeSpan.Zero, "it is gone");
    }
}
