using System.Text;
using EdgeOperator.Core.Interop;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Windows;

/// <summary>
/// A script for a guest's <c>sh</c> that puts files and users in place and runs commands: for guests that are none of our own image.
/// Run twice it does no harm. It names the part that failed on standard error, and leaves the hash only when all went well.
/// </summary>
internal static class ProvisioningScript
{
    /// <summary>The script lies on the host's disk for a while.</summary>
    public const string NoSecrets = "secrets in provisioning are for machines of the driver qemu only";

    /// <param name="folder">Where the guest notes what it has.</param>
    /// <param name="hash">What is noted.</param>
    public static string Of(MachineProvisioning provisioning, string folder, string hash)
    {
        var script = new StringBuilder("""
            set -eu
            umask 022
            part='the beginning'
            trap 's=$?; [ $s -eq 0 ] || echo "$part failed" >&2' EXIT

            """);
        foreach (var file in provisioning.Files)
            Add(script, file);
        foreach (var user in provisioning.Users)
            Add(script, user);
        for (var i = 0; i < provisioning.Commands.Length; i++)
        {
            // The script itself comes through standard input: a command must not read on from there.
            Part(script, $"command {i + 1}");
            script.Append("sh -c ").Append(ShellWords.Quote(provisioning.Commands[i])).Append(" </dev/null\n");
        }

        Part(script, "the note");
        script.Append($"mkdir -p {ShellWords.Quote(folder)}\nprintf '%s\\n' {hash} > {ShellWords.Quote(folder + "/provisioned")}\n");
        return script.ToString();
    }

    private static void Add(StringBuilder script, GuestFile file)
    {
        var path = ShellWords.Quote(file.Path);
        var fresh = ShellWords.Quote(file.Path + ".edgeop");
        Part(script, $"file {file.Path}");
        script.Append($"mkdir -p {ShellWords.Quote(file.Path[..Math.Max(1, file.Path.LastIndexOf('/'))])}\n");
        Content(script, file.Content.Span, fresh);
        script.Append($"chmod {Convert.ToString(file.Mode, 8)} {fresh}\n");
        script.Append($"chown {ShellWords.Quote(file.Owner ?? "root")} {fresh}\nmv -f {fresh} {path}\n");
    }

    private static void Add(StringBuilder script, GuestUser user)
    {
        var name = ShellWords.Quote(user.Name);
        Part(script, $"user {user.Name}");
        var shell = user.Shell is null ? "" : $" -s {ShellWords.Quote(user.Shell)}";
        script.Append($"id -u {name} >/dev/null 2>&1 || useradd -m{shell} {name}\n");
        if (user.Shell is not null)
            script.Append($"usermod{shell} {name}\n");
        if (!user.Groups.IsEmpty)
            script.Append($"usermod -aG {ShellWords.Quote(string.Join(',', user.Groups))} {name}\n");
        if (user.SshKeys.IsEmpty)
            return;
        script.Append($"home=$(getent passwd {name} | cut -d: -f6)\nmkdir -p \"$home/.ssh\"\n");
        Content(script, Encoding.UTF8.GetBytes(string.Concat(user.SshKeys.Select(key => key + "\n"))), "\"$home/.ssh/authorized_keys\"");
        script.Append($"chmod 700 \"$home/.ssh\"\nchmod 600 \"$home/.ssh/authorized_keys\"\nchown -R {name} \"$home/.ssh\"\n");
    }

    private static void Content(StringBuilder script, ReadOnlySpan<byte> content, string quotedPath) => script
        .Append($"base64 -d > {quotedPath} <<'EOF'\n")
        .Append(Convert.ToBase64String(content, Base64FormattingOptions.InsertLineBreaks).Replace("\r\n", "\n", StringComparison.Ordinal))
        .Append("\nEOF\n");

    private static void Part(StringBuilder script, string name) => script.Append($"part={ShellWords.Quote(name)}\n");
}
