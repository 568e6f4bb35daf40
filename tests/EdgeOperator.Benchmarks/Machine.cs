using System.Runtime.InteropServices;
using EdgeOperator.Testing;

namespace EdgeOperator.Benchmarks;

/// <summary>Where and with what was measured.</summary>
internal static class Machine
{
    public static async Task<string> DescribeAsync()
    {
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim();
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024);
        var system = File.ReadLines("/etc/os-release").First(line => line.StartsWith("PRETTY_NAME", StringComparison.Ordinal)).Split('"')[1];
        var engine = (await Shell.RunAsync("dockerd", "--version")).Trim();
        var compose = (await Shell.RunAsync("docker-compose", "--version")).Trim();
        return $"""
            {TimeProvider.System.GetUtcNow():yyyy-MM-dd}; {Environment.ProcessorCount} cores of {model ?? RuntimeInformation.OSArchitecture.ToString()}, {memory:0} GB; {system}, Linux {Environment.OSVersion.Version}.
            .NET {Environment.Version}; {engine}; {compose}. Load before: {File.ReadAllText("/proc/loadavg").Split(' ')[0]}.
            """;
    }
}
