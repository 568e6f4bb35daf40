using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Agent.Kinds.FunctionApp;

/// <summary>The program that hosts function apps: configured, or beside the running one, or in PATH.</summary>
/// <param name="beside">The folder of the running program.</param>
/// <param name="path">As the variable PATH.</param>
internal sealed class HostProgram(FunctionsConfiguration configuration, string beside, string path)
{
    private const string Name = "edgeop-functions";

    /// <summary>The command that starts it; null when it is not there.</summary>
    public ImmutableArray<string>? Find()
    {
        if (configuration.Host is { } configured)
            return Command(configured);
        return Command(Path.Combine(beside, Name))
            ?? Command(Path.Combine(beside, Name + ".dll"))
            ?? path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(f => Command(Path.Combine(f, Name))).FirstOrDefault(c => c is not null);
    }

    public string NotFound => configuration.Host is { } configured
        ? $"there is no program {configured} (functions.host)"
        : $"{Name} is neither in {beside} nor in PATH: install it, or set functions.host in the agent's configuration";

    public static HostProgram For(FunctionsConfiguration configuration) =>
        new(configuration, AppContext.BaseDirectory, Environment.GetEnvironmentVariable("PATH") ?? "");

    // A build for every platform is run by dotnet.
    private ImmutableArray<string>? Command(string file) =>
        !File.Exists(file) ? null
        : !file.EndsWith(".dll", StringComparison.Ordinal) ? [file]
        : path.Split(Path.PathSeparator).Select(f => Path.Combine(f, "dotnet")).FirstOrDefault(File.Exists) is { } dotnet ? [dotnet, file]
        : null;
}
