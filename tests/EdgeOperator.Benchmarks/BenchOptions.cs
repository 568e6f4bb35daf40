namespace EdgeOperator.Benchmarks;

/// <param name="Executable">The path of what is measured.</param>
/// <param name="Output">The file of the report.</param>
/// <param name="Quick">Few repetitions: shows that everything works, and numbers that nobody should quote.</param>
/// <param name="Only">The sections to measure, by letter.</param>
public sealed record BenchOptions(string Executable, string Output, bool Quick, string Only)
{
    public const string Usage = "usage: bench [functions|hub|vm|fleet] --edgeop FILE [--output FILE] [--quick] [--only abcdef]";

    /// <param name="output">The report's file, unless the arguments say so.</param>
    /// <param name="needsExecutable">Whether something is measured that was published.</param>
    public static BenchOptions? Parse(string[] args, string output, bool needsExecutable)
    {
        var (executable, quick, only) = ("", false, "abcdef");
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--edgeop" when i + 1 < args.Length: executable = args[++i]; break;
                case "--output" when i + 1 < args.Length: output = args[++i]; break;
                case "--only" when i + 1 < args.Length: only = args[++i]; break;
                case "--quick": quick = true; break;
                default: return null;
            }
        }

        return !needsExecutable || File.Exists(executable) ? new(needsExecutable ? Path.GetFullPath(executable) : "", Path.GetFullPath(output), quick, only) : null;
    }

    /// <summary>A number of repetitions, or a tenth of it (3 at least) when quick.</summary>
    public int Rounds(int full) => Quick ? Math.Max(3, full / 10) : full;
}
