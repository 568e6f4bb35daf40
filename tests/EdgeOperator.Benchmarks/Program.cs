using EdgeOperator.Benchmarks;
using EdgeOperator.Benchmarks.Fleets;
using EdgeOperator.Benchmarks.Functions;
using EdgeOperator.Benchmarks.Hub;
using EdgeOperator.Benchmarks.Machines;

var subject = args is ["functions" or "hub" or "vm" or "fleet", ..] ? args[0] : null;
var options = BenchOptions.Parse(subject is null ? args : args[1..], subject is null ? "artifacts/bench.md" : $"artifacts/bench-{subject}.md", needsExecutable: true);
if (options is null)
{
    Console.Error.WriteLine(BenchOptions.Usage);
    return 3;
}

var (tools, sections) = subject switch
{
    "functions" => (FunctionBench.Tools, FunctionBench.Sections),
    "hub" => (HubBench.Tools, HubBench.Sections),
    "fleet" => (FleetBench.Tools, FleetBench.Sections),
    "vm" => (MachineBench.Tools, MachineBench.Sections),
    _ => (["dockerd --version", "docker-compose --version"],
    [
        ('d', PlannerGrowth.MeasureAsync),
        ('a', NoOpPass.MeasureAsync),
        ('b', CommitToHealthy.MeasureAsync),
        ('c', SelfHeal.MeasureAsync),
        ('e', Footprint.MeasureAsync),
    ]),
};
var report = new Report(await Machine.DescribeAsync(tools), options);
foreach (var (letter, measure) in sections)
{
    if (!options.Only.Contains(letter))
        continue;
    Console.Error.WriteLine($"({letter}) …");
    report.Add(letter, await measure(options));
}

Directory.CreateDirectory(Path.GetDirectoryName(options.Output)!);
File.WriteAllText(options.Output, report.ToString());
Console.Write(report);
return 0;
