using EdgeOperator.Benchmarks;
using EdgeOperator.Benchmarks.Functions;

var ofFunctions = args is ["functions", ..];
var options = BenchOptions.Parse(ofFunctions ? args[1..] : args, ofFunctions ? "artifacts/bench-functions.md" : "artifacts/bench.md");
if (options is null)
{
    Console.Error.WriteLine(BenchOptions.Usage);
    return 3;
}

var (tools, sections) = ofFunctions
    ? (FunctionBench.Tools, FunctionBench.Sections)
    : (["dockerd --version", "docker-compose --version"],
    [
        ('d', PlannerGrowth.MeasureAsync),
        ('a', NoOpPass.MeasureAsync),
        ('b', CommitToHealthy.MeasureAsync),
        ('c', SelfHeal.MeasureAsync),
        ('e', Footprint.MeasureAsync),
    ]);
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
