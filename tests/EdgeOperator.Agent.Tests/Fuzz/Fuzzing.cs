using System.Diagnostics;
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Agent.Tests.Fuzz;

/// <summary>
/// Feeds a parser with mutated samples of its input. It may refuse them, by the exceptions that it documents, but neither throw
/// another nor hang. <c>EDGEOP_FUZZ_SECONDS</c> says for how long each parser is fed.
/// </summary>
internal static class Fuzzing
{
    private const int Batch = 100;

    /// <summary>More than any input of the size takes, also on a busy machine: beyond it a parser counts as hanging.</summary>
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Time = TimeSpan.FromSeconds(
        double.Parse(Environment.GetEnvironmentVariable("EDGEOP_FUZZ_SECONDS") ?? "5", CultureInfo.InvariantCulture));

    public static void Feed(IReadOnlyList<byte[]> samples, Func<byte[], Task> parse)
    {
        var inputs =
            from sample in Gen.Elements(samples.AsEnumerable())
            from mutations in Mutation.Any.ListOf()
            select (Sample: sample, Mutations: mutations.ToArray());
        var property = Prop.ForAll(inputs.ToArbitrary(), input =>
            Task.Run(() => parse(input.Mutations.Aggregate(input.Sample, (bytes, mutation) => mutation.Apply(bytes)))).WaitAsync(Hang).GetAwaiter().GetResult());

        foreach (var sample in samples)
            parse(sample).WaitAsync(Hang).GetAwaiter().GetResult();

        var running = Stopwatch.StartNew();
        do
            property.Check(Config.QuickThrowOnFailure.WithMaxTest(Batch));
        while (running.Elapsed < Time);
    }

    public static void Feed(IReadOnlyList<string> samples, Action<byte[]> parse) => Feed([.. samples.Select(System.Text.Encoding.UTF8.GetBytes)], bytes =>
    {
        parse(bytes);
        return Task.CompletedTask;
    });
}
