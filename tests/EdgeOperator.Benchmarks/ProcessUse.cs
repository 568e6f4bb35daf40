using System.Globalization;

namespace EdgeOperator.Benchmarks;

/// <summary>What a process takes, read from <c>/proc</c>.</summary>
internal static class ProcessUse
{
    /// <summary>The sums of <c>smaps_rollup</c> by name, in MB.</summary>
    public static Dictionary<string, double> Memory(int process) => File.ReadLines($"/proc/{process}/smaps_rollup").Skip(1)
        .ToDictionary(line => line.Split(':')[0], line => double.Parse(line.Split(':')[1].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1024);

    /// <summary>Memory that is the process's own, in MB: <c>Private_Dirty</c> and <c>Swap</c>.</summary>
    public static double Private(int process) => Private(Memory(process));

    public static double Private(Dictionary<string, double> memory) => memory["Private_Dirty"] + memory.GetValueOrDefault("Swap");

    /// <summary>Processor time so far, with that of children that have ended, in seconds.</summary>
    public static double CpuSeconds(int process)
    {
        // Fields 14 to 17 of stat are the process's own time and that of its children that have ended, in hundredths of a second.
        var stat = File.ReadAllText($"/proc/{process}/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[11..15].Sum(field => double.Parse(field, CultureInfo.InvariantCulture)) / 100;
    }
}
