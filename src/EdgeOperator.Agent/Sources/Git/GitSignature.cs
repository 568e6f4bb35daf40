using System.Text.RegularExpressions;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Sources.Git;

/// <summary>Accepts only commits, or the annotated tags that name them, that one of the allowed keys has signed.</summary>
internal sealed partial class GitSignature(GitProgram git, GitVerification.Signed wanted)
{
    /// <exception cref="FetchException">There is no good signature by an allowed key.</exception>
    public async Task CheckAsync(RemoteRef target, string commit, CancellationToken cancellation)
    {
        // A keyring of its own, so that no key that the machine's users trust counts.
        var keyring = Directory.CreateTempSubdirectory("edgeop-keys-").FullName;
        try
        {
            await ImportAsync(keyring, cancellation);
            if (await IsTagSignedAsync(target, commit, keyring, cancellation))
                return;

            var result = await VerifyAsync("verify-commit", commit, keyring, cancellation);
            if (result.ExitCode != 0)
                throw Unverified($"{target.Display} {Describe(result.Errors)}");
        }
        finally
        {
            Directory.Delete(keyring, recursive: true);
        }
    }

    private async Task ImportAsync(string keyring, CancellationToken cancellation)
    {
        await File.WriteAllTextAsync(
            Path.Combine(keyring, "gpg.conf"), "batch\nno-autostart\nno-auto-key-retrieve\nno-auto-key-locate\ntrust-model always\n", cancellation);
        if (wanted.AllowedSignersFile is { } signers && !File.Exists(signers))
            throw Unverified($"the allowed signers file {signers} does not exist");

        if (wanted.GpgKeyringFile is not { } keys)
            return;

        if (!File.Exists(keys))
            throw Unverified($"the keyring file {keys} does not exist");

        var result = await git.GpgAsync(["--quiet", "--import", "--", Path.GetFullPath(keys)], keyring, cancellation);
        if (result.ExitCode != 0)
            throw Unverified($"the keyring file {keys} can't be used: {GitText.Clean(result.Errors)}");
    }

    // The tag must also call itself what the server calls it: an old signed tag under a new name proves nothing.
    private async Task<bool> IsTagSignedAsync(RemoteRef target, string commit, string keyring, CancellationToken cancellation)
    {
        if (target.Tag is not { } name)
            return false;

        var headers = (await git.RunAsync(["cat-file", "-p", GitRepository.Fetched], "", cancellation)).Split("\n\n")[0].Split('\n');
        return headers.Contains($"tag {name}") && headers.Contains($"object {commit}")
            && (await VerifyAsync("verify-tag", GitRepository.Fetched, keyring, cancellation)).ExitCode == 0;
    }

    private Task<ChildResult> VerifyAsync(string verb, string name, string keyring, CancellationToken cancellation)
    {
        string[] signers = wanted.AllowedSignersFile is { } file ? ["-c", $"gpg.ssh.allowedSignersFile={Path.GetFullPath(file)}"] : [];
        return git.VerifyAsync([.. signers, verb, "--raw", name], keyring, cancellation);
    }

    private static string Describe(string printed)
    {
        var key = KeyName().Match(printed).Value;
        var by = key.Length > 0 ? $" ({key})" : "";
        return printed switch
        {
            _ when string.IsNullOrWhiteSpace(printed) || printed.Contains("no signature found") => "is not signed",
            _ when printed.Contains("No principal matched") || printed.Contains("NO_PUBKEY") => $"is signed by a key that is not allowed{by}",
            _ when printed.Contains("allowedSignersFile needs") => "is signed with an SSH key, and no allowed signers are configured",
            _ when printed.Contains("EXPKEYSIG") || printed.Contains("EXPSIG") => $"has a signature that has expired{by}",
            _ when printed.Contains("REVKEYSIG") => $"is signed by a key that was revoked{by}",
            _ when printed.Contains("cannot run") => "can't be verified: the gpg or ssh-keygen program is missing",
            _ => $"has a bad signature{by}: {GitText.Clean(printed)}",
        };
    }

    private static FetchException Unverified(string message) => new(FetchReasons.Unverified, message);

    [GeneratedRegex(@"SHA256:[A-Za-z0-9+/]+|(?<=(?:NO_PUBKEY|EXPKEYSIG|EXPSIG|REVKEYSIG|BADSIG) )[0-9A-F]+")]
    private static partial Regex KeyName();
}
