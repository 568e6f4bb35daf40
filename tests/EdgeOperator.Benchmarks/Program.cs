using EdgeOperator.Benchmarks;

var options = BenchOptions.Parse(args);
if (options is null)
{
    Console.Error.WriteLine(BenchOptions.Usage);
    return 3;
}

var report = new Report(await Machine.DescribeAsync(), options);
foreach (var (letter, measure) in new (char, Func<BenchOptions, Task<Section>>)[]
{
    ('d', PlannerGrowth.MeasureAsync),
    ('a', NoOpPass.MeasureAsync),
    ('b', CommitToHealthy.MeasureAsync),
    ('c', SelfHeal.MeasureAsync),
    ('e', Footprint.MeasureAsync),
})
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
