namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>The programs that the driver runs, and the packages that bring them.</summary>
/// <param name="path">As the variable PATH.</param>
internal sealed class QemuPrograms(string path)
{
    private static readonly (string Program, string Package)[] Needed =
        [("qemu-system-x86_64", "qemu-system-x86"), ("qemu-img", "qemu-utils"), ("ssh", "openssh-client"), ("ssh-keygen", "openssh-client"), ("setsid", "util-linux")];

    private static readonly string[] VirtiofsdPlaces = ["/usr/libexec/virtiofsd", "/usr/lib/virtiofsd", "/usr/lib/qemu/virtiofsd"];

    public static QemuPrograms Installed => new(Environment.GetEnvironmentVariable("PATH") ?? "");

    /// <summary>What is missing and how to get it; null when nothing is.</summary>
    public string? Missing => Needed.Where(n => Find(n.Program) is null).ToList() is { Count: > 0 } missing
        ? $"{string.Join(" and ", missing.Select(m => m.Program))} {(missing.Count == 1 ? "is" : "are")} not in PATH: install {string.Join(" and ", missing.Select(m => m.Package).Distinct())} (as Debian names {(missing.Count == 1 ? "it" : "them")})"
        : null;

    public string System => Find("qemu-system-x86_64") ?? "qemu-system-x86_64";

    public string Images => Find("qemu-img") ?? "qemu-img";

    public string? Tpm => Find("swtpm");

    public string? Ip => Find("ip");

    /// <summary>virtiofsd, which distributions keep out of PATH; the last one is QEMU's own before version 8.</summary>
    public string? Virtiofsd => Find("virtiofsd") ?? VirtiofsdPlaces.FirstOrDefault(File.Exists);

    public string SearchPath => path;

    private string? Find(string program) =>
        path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(f => Path.Combine(f, program)).FirstOrDefault(File.Exists);
}
