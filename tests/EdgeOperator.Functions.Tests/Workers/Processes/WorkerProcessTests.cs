using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using EdgeOperator.Functions.Workers.Processes;

namespace EdgeOperator.Functions.Tests.Workers.Processes;

public sealed class WorkerProcessTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_process_has_ended_although_one_that_it_left_behind_holds_its_output_open()
    {
        await using var worker = await StartAsync("setsid sleep 1000 & echo $!; exit 3");
        try
        {
            (await worker.Ended.WaitAsync(Deadline)).Should().StartWith("ended with code 3");
        }
        finally
        {
            using var left = Process.GetProcessById(int.Parse(worker.LastErrorLine, CultureInfo.InvariantCulture));
            left.Kill();
        }
    }

    [Fact]
    public async Task Its_last_line_tells_why_it_ended()
    {
        await using var worker = await StartAsync("echo first; echo 'no such module' >&2; exit 1");

        (await worker.Ended.WaitAsync(Deadline)).Should().Be("ended with code 1: no such module");
    }

    private static Task<WorkerProcess> StartAsync(string script) => WorkerProcess.StartAsync(
        new()
        {
            Executable = "sh",
            Arguments = ["-c", script],
            WorkingDirectory = "/",
            Environment = ImmutableSortedDictionary<string, string>.Empty.Add("PATH", "/usr/bin:/bin"),
        },
        (_, _) => { });
}
