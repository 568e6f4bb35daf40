using System.Text.Json;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>Why QEMU has paused a machine because of a disk: from what <c>query-block</c> returns.</summary>
internal static class IoErrorPause
{
    /// <summary>Bytes that must be free again: with less, the machine would be paused again at once.</summary>
    private const long EnoughSpace = 16L * 1024 * 1024;

    public static bool HasSpace(MachineFolder folder) => new DriveInfo(folder.Path).AvailableFreeSpace >= EnoughSpace;

    /// <summary>The host had no space left; nothing else is wrong.</summary>
    public static bool IsForSpace(JsonElement blocks) => Disks(blocks).Any(d => d.Status == "nospace") && Disks(blocks).All(d => d.Status is null or "ok" or "nospace");

    /// <summary>QEMU has found a disk's tables in disorder.</summary>
    public static bool IsDamaged(JsonElement blocks, string node) => blocks.EnumerateArray().Any(block =>
        NodeOf(block) == node && block.GetProperty("inserted").TryGetProperty("image", out var image) && image.TryGetProperty("format-specific", out var specific)
        && specific.TryGetProperty("data", out var data) && data.TryGetProperty("corrupt", out var corrupt) && corrupt.GetBoolean());

    /// <param name="hasSpace">Whether the host has space again.</param>
    public static string Describe(JsonElement blocks, MachineFolder folder, bool hasSpace) =>
        Disks(blocks).FirstOrDefault(d => d.Status is "nospace" or "failed") switch
        {
            { Status: "nospace" } full when hasSpace => $"the host had no space left for the {full.Name} disk in {folder.Path}, and has now",
            { Status: "nospace" } full => $"the host has no space left for the {full.Name} disk in {folder.Path}: the machine is resumed when there is",
            { Status: "failed" } failed => $"the {failed.Name} disk in {folder.Path} can't be read or written: see what the host's kernel says",
            _ => $"a disk in {folder.Path} had an error",
        };

    private static IEnumerable<(string? Name, string? Status)> Disks(JsonElement blocks) => blocks.EnumerateArray().Select(block => (
        NodeOf(block), block.TryGetProperty("io-status", out var status) ? status.GetString() : null));

    private static string? NodeOf(JsonElement block) =>
        block.TryGetProperty("inserted", out var inserted) && inserted.TryGetProperty("node-name", out var node) ? node.GetString() : null;
}
