using EdgeOperator.Agent.Engine;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Checks;

/// <summary>Which accelerators are there, and whether containers can have them.</summary>
internal static class AcceleratorCheck
{
    private const string Area = "accelerators";

    /// <summary>Device files by what they belong to, as the drivers of the kernel name them.</summary>
    private static readonly (string Name, string Folder, string Prefix)[] Known =
    [
        ("NVIDIA GPU", "/dev", "nvidia"), ("NVIDIA Jetson", "/dev", "nvhost-gpu"), ("GPU", "/dev/dri", "renderD"), ("NPU", "/dev/accel", "accel"), ("Coral Edge TPU", "/dev", "apex_"), ("Hailo", "/dev", "hailo"),
    ];

    public static async Task<IEnumerable<CheckResult>> RunAsync(CheckContext context, CancellationToken cancellation)
    {
        if (!OperatingSystem.IsLinux())
            return [CheckResult.Skipped(Area, "accelerators are looked for on Linux only; in virtual machines on Windows they are assigned by `gpu` of the VirtualMachine")];
        var found = Known.SelectMany(known => Files(known.Folder, known.Prefix).Select(file => (known.Name, File: file))).ToArray();
        if (found.Length == 0)
            return [CheckResult.Ok(Area, "there is none")];
        var text = string.Join(", ", found.Select(f => $"{f.Name} ({f.File})"));
        var hasNvidia = found.Any(f => f.Name.StartsWith("NVIDIA", StringComparison.Ordinal));
        return [hasNvidia && await RuntimesAsync(context, cancellation) is { } runtimes && !runtimes.Contains("nvidia")
            ? CheckResult.Warning(Area, $"{text}; the engine has no runtime for it", "install nvidia-container-toolkit, run `nvidia-ctk runtime configure`, and restart the engine")
            : CheckResult.Ok(Area, text)];
    }

    // Numbers follow: /dev/nvidiactl is no GPU.
    private static IEnumerable<string> Files(string folder, string prefix) => !Directory.Exists(folder) ? [] : Directory.EnumerateFileSystemEntries(folder, prefix + "*")
        .Where(file => Path.GetFileName(file)[prefix.Length..].All(char.IsAsciiDigit)).Order(StringComparer.Ordinal);

    private static async Task<IReadOnlyCollection<string>?> RuntimesAsync(CheckContext context, CancellationToken cancellation)
    {
        using var engine = new DockerEngine(new(context.Configuration.Engine.Socket));
        try
        {
            return (await engine.InfoAsync(cancellation)).Runtimes?.Select(runtime => runtime.Key).ToArray();
        }
        catch (EngineException)
        {
            return null;
        }
    }
}
