using System.Collections.Immutable;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Workers;

namespace EdgeOperator.Functions.Tests.Workers;

public sealed class WorkerProcessesTests
{
    [Theory]
    [InlineData("python", null, 1)]
    [InlineData("python", " ", 1)]
    [InlineData("python", "4", 4)]
    [InlineData("node", "10", 10)]
    [InlineData("custom", "4", 1)]
    public void The_setting_says_how_many_processes_an_instance_has(string worker, string? setting, int expected) =>
        WorkerProcesses.Of(App(worker, setting)).Should().Be(expected);

    [Theory]
    [InlineData("0")]
    [InlineData("11")]
    [InlineData("many")]
    public void A_setting_out_of_its_range_is_refused(string setting)
    {
        var read = () => WorkerProcesses.Of(App("python", setting));

        read.Should().Throw<AppException>().WithMessage($"*FUNCTIONS_WORKER_PROCESS_COUNT*from 1 to 10*\"{setting}\"");
    }

    private static FunctionApp App(string worker, string? setting) => new()
    {
        Name = "app",
        Folder = "/app",
        Host = new(),
        Worker = worker,
        Settings = setting is null ? ImmutableSortedDictionary<string, string>.Empty : ImmutableSortedDictionary<string, string>.Empty.Add("FUNCTIONS_WORKER_PROCESS_COUNT", setting),
    };
}
