using System.Runtime.InteropServices;
using EdgeOperator.Testing;

namespace EdgeOperator.Benchmarks;

/// <summary>Where and with what was measured.</summary>
internal static class Machine
{
    /// <param name="tools">Shell commands that print a version each.</param>
    public static async Task<string> DescribeAsync(params string[] tools)
    {
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim();
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024);
        var system = File.ReadLines("/etc/os-release").First(line => line.StartsWith("PRETTY_NAME", StringComparison.Ordinal)).Split('"')[1];
        var versions = await Task.WhenAll(tools.Select(tool => Shell.RunAsync("sh", "-c", tool)));
        return $"""
            {TimeProvider.System.GetUtcNow():yyyy-MM-dd}; {Environment.ProcessorCount} cores of {model ?? RuntimeInformation.OSArchitecture.ToString()}, {memory:0} GB; {system}, Linux {Environment.OSVersion.Version}.
            .NET {Environment.Version}; {string.Join("; ", versions.Select(v => v.Trim()))}. Load before: {File.ReadAllText("/proc/loadavg").Split(' ')[0]}.
            """;
    }
}
