using System.Text;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>Images that nothing here can be made of: they start nothing, or something that neither answers nor asks for its configuration.</summary>
internal static class StrangeImage
{
    /// <summary>Of the machine's own time; a guest or cloud-init has shown itself by then, or is at work.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(45);

    /// <summary>What starts is not as quiet as that, but for firmware and a kernel that finds no system.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(15);

    private const int Lines = 3;
    private const int LongestLine = 160;
    private const int Tail = 8192;

    /// <param name="silence">How long the machine has shown no progress.</param>
    public static bool Applies(ObservedVirtualMachine machine, TimeSpan silence, DateTimeOffset now) =>
        silence > Quiet && machine.StartedAt is { } started && now - started - machine.WaitedForHost > Grace;

    public static string Describe(MachineFolder folder)
    {
        var lines = LastLines(folder.Console);
        var last = lines.Count == 0 ? "its console has shown nothing" : $"its console's last lines: {string.Join(" | ", lines)}";
        return $"it shows no progress. The image may be neither a guest image nor one with cloud-init, or need `firmware: uefi` (or bios); {last}";
    }

    private static List<string> LastLines(string console)
    {
        try
        {
            using var file = new FileStream(console, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            file.Position = Math.Max(0, file.Length - Tail);
            using var reader = new StreamReader(file);
            return [.. Plain(reader.ReadToEnd()).Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0).TakeLast(Lines).Select(line => line.Length > LongestLine ? line[..LongestLine] : line)];
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>Without what moves a cursor (ECMA-48): firmware draws its lines.</summary>
    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\u001b' && i + 1 < text.Length && text[i + 1] == '[')
            {
                for (i += 2; i < text.Length && text[i] is < '@' or > '~'; i++)
                {
                    // Its parameters.
                }
            }
            else
            {
                plain.Append(text[i] is '\r' or '\n' ? '\n' : char.IsControl(text[i]) ? ' ' : text[i]);
            }
        }

        return plain.ToString();
    }
}
