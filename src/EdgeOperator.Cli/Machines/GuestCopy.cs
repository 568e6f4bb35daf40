using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Machines;

/// <summary>Files between host and guest, by OpenSSH's <c>scp</c>, which shows its progress on a terminal.</summary>
/// <param name="Source">On the side that <paramref name="ToGuest"/> says.</param>
/// <param name="ToGuest">Otherwise from it.</param>
internal sealed record GuestCopy(string Machine, string Source, string Target, bool ToGuest)
{
    /// <summary>Folders with all that is in them.</summary>
    public bool Recursive { get; init; }

    /// <summary>Null for the machine's own default.</summary>
    public string? User { get; init; }

    /// <summary>Reads a copy off two words, one of which is <c>NAME:PATH</c>.</summary>
    /// <exception cref="UserError">None of them is, or both.</exception>
    public static GuestCopy Between(string source, string target) => (InGuest(source), InGuest(target)) switch
    {
        ({ } from, null) => new(from.Machine, from.Path, target, ToGuest: false),
        (null, { } to) => new(to.Machine, source, to.Path, ToGuest: true),
        (null, null) => throw UserError.Invalid("neither side is in a guest: write one of them as NAME:PATH, such as edge:/srv/data"),
        _ => throw UserError.Invalid("both sides are in a guest: copy to the host first"),
    };

    /// <returns>The exit code of scp.</returns>
    /// <exception cref="UserError">There is no such machine, or its guest can't be reached.</exception>
    public int Run(MachineAccess access)
    {
        if (access.Distribution is { } distribution)
            throw new UserError(ExitCode.Failed, $@"a distribution of WSL has its files at \\wsl.localhost\{distribution}: copy from or to there");
        var user = GuestUser.Check(User ?? access.SignIn ?? access.User);
        if (access.SignIn is { } only && user != only)
            throw UserError.Invalid($"{only} alone signs in to {KindNames.VirtualMachine}/{Machine}: leave out --user");

        // scp says less of what is wrong with a guest.
        if (OperatingSystem.IsLinux() && !access.IsOnWindows)
            Connection.Open(access, user).Dispose();
        try
        {
            using var scp = Process.Start(new ProcessStartInfo("scp", Arguments(access, user)))!;
            scp.WaitForExit();
            return scp.ExitCode;
        }
        catch (Win32Exception e)
        {
            throw new UserError(ExitCode.Failed, $"scp can't be started ({e.Message}): install OpenSSH (on Debian: openssh-client)");
        }
    }

    internal IEnumerable<string> Arguments(MachineAccess access, string user)
    {
        var guest = $"{user}@{MachineAccess.HostAlias}:";
        string[] ends = ToGuest ? [OnHost(Source), guest + Target] : [guest + Literally(Source), OnHost(Target)];
        return ["-F", access.SshConfig, "-p", .. Recursive ? ["-r"] : (string[])[], "--", .. ends];
    }

    /// <summary>Null for a path of this side: one that begins with a drive's letter, or has a separator before its first colon.</summary>
    private static (string Machine, string Path)? InGuest(string word)
    {
        var colon = word.IndexOf(':');
        return colon <= 0 || word.AsSpan(0, colon).IndexOfAny('/', '\\') >= 0 || (OperatingSystem.IsWindows() && colon == 1) ? null : (word[..colon], word[(colon + 1)..]);
    }

    // A colon would make it another machine's.
    private static string OnHost(string path) => path.Contains(':') && !OperatingSystem.IsWindows() && !Path.IsPathRooted(path) ? $"./{path}" : path;

    // scp looks in the guest for all files that a pattern fits.
    private static string Literally(string path)
    {
        var text = new StringBuilder(path.Length);
        foreach (var character in path)
            text.Append(character is '*' or '?' or '[' or ']' or '\\' ? $"\\{character}" : character.ToString());
        return text.ToString();
    }
}
