using System.Globalization;
using System.Text.RegularExpressions;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Platform.Streams;

namespace EdgeOperator.Git.Signatures;

/// <summary>
/// Accepts only commits and annotated tags that an allowed key has signed, and that it was allowed to sign both at the time
/// that the commit or tag claims and at the time that the device saw it.
/// </summary>
/// <param name="stateFolder">Where the agent keeps what its sources delivered.</param>
internal sealed partial class GitSignature(GitProgram git, GitVerification.Signed wanted, GitUrl url, string stateFolder)
{
    /// <summary>Bytes of a commit or tag, its message included.</summary>
    private const int LargestObject = 1024 * 1024;

    /// <summary>Changes with the content of the key files.</summary>
    public string Fingerprint => string.Join('|', new[] { wanted.AllowedSignersFile, wanted.GpgKeyringFile }.OfType<string>().Select(f =>
        File.Exists(f) ? $"{new FileInfo(f).Length} {File.GetLastWriteTimeUtc(f).Ticks}" : "missing"));

    /// <param name="seenAt">When the device saw the commit for the first time.</param>
    /// <exception cref="FetchException">There is no good signature by an allowed key.</exception>
    public async Task CheckAsync(RemoteRef target, string commit, DateTimeOffset seenAt, CancellationToken cancellation)
    {
        // A keyring of its own, so that no key that the machine's users trust counts.
        var keyring = Directory.CreateTempSubdirectory("edgeop-keys-").FullName;
        try
        {
            var check = new Check(keyring, seenAt, await ImportAsync(keyring, seenAt, cancellation));
            if (target.Tag is { } tag && wanted.Tags != TagVerification.Head)
                await CheckTagAsync(tag, commit, check, cancellation);

            if (target.Tag is null || wanted.Tags != TagVerification.Tag)
                await CheckAsync(commit, target.Display, isTag: false, check, cancellation);
        }
        finally
        {
            Directory.Delete(keyring, recursive: true);
        }
    }

    /// <returns>The allowed signers file; null when there is none.</returns>
    private async Task<string?> ImportAsync(string keyring, DateTimeOffset seenAt, CancellationToken cancellation)
    {
        var signers = wanted.AllowedSignersFile is { } allowed ? KeyFile.Check("allowed signers file", allowed, url, stateFolder) : null;
        await File.WriteAllTextAsync(
            Path.Combine(keyring, "gpg.conf"),
            $"batch\nno-autostart\nno-auto-key-retrieve\nno-auto-key-locate\ntrust-model always\nfaked-system-time {seenAt.UtcDateTime.ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture)}\n",
            cancellation);
        if (wanted.GpgKeyringFile is not { } file)
            return signers;

        var keys = KeyFile.Check("keyring file", file, url, stateFolder);
        var (result, _) = await git.ToolAsync("gpg", ["--quiet", "--import", "--", keys], keyring, default, cancellation);
        return result.ExitCode == 0 ? signers : throw Unverified($"the keyring file {file} can't be used: {GitText.Clean(WithoutClock(result.Errors))}");
    }

    // The tag must also call itself what the server calls it: an old signed tag under a new name proves nothing.
    private async Task CheckTagAsync(string name, string commit, Check check, CancellationToken cancellation)
    {
        var type = await git.RunAsync(["cat-file", "-t", GitProgram.Fetched], "", cancellation);
        if (type.Trim() != "tag")
            throw Unverified($"the tag {name} is a lightweight tag, which can't be signed: sign the tag (git tag -s), or set verify.tags to HEAD");

        var headers = (await git.RunAsync(["cat-file", "tag", GitProgram.Fetched], "", cancellation)).Split("\n\n")[0].Split('\n');
        if (!headers.Contains($"tag {name}"))
            throw Unverified($"the tag {name} was signed under another name");
        if (!headers.Contains($"object {commit}") || !headers.Contains("type commit"))
            throw Unverified($"the tag {name} does not name the commit itself");

        await CheckAsync(GitProgram.Fetched, $"the tag {name}", isTag: true, check, cancellation);
    }

    private async Task CheckAsync(string name, string display, bool isTag, Check check, CancellationToken cancellation)
    {
        string[] signers = check.AllowedSigners is { } file ? ["-c", $"gpg.ssh.allowedSignersFile={file}"] : [];
        var result = await git.VerifyAsync([.. signers, isTag ? "verify-tag" : "verify-commit", "--raw", name], check.Keyring, cancellation);
        if (result.ExitCode != 0)
            throw Unverified($"{display} {Describe(result.Errors)}");
        if (check.AllowedSigners is null)
            return;

        byte[] content = [];
        try
        {
            await git.ReadAsync(["cat-file", isTag ? "tag" : "commit", name], "", async (s, c) => content = await BoundedStream.ReadAllAsync(s, LargestObject, display, c), cancellation);
        }
        catch (InputTooLargeException e)
        {
            throw Unverified(e.Message);
        }

        var signed = isTag ? SignedObject.OfTag(content) : SignedObject.OfCommit(content);
        // What Git has found good, but can't be judged again, is not taken on its word.
        if (signed is not ({ IsSsh: true } or { IsPgp: true }))
            throw Unverified($"{display} has a signature that is not one SSH or PGP signature alone");
        if (signed.IsSsh && await new SshSignature(git, check.AllowedSigners).ProblemAsync(signed, check.SeenAt, check.Keyring, cancellation) is { } problem)
            throw Unverified($"{display} is signed by a key that was not allowed any more when the device saw it, at {check.SeenAt:u}, whatever time it claims: {GitText.Clean(problem)}");
    }

    private static string Describe(string printed)
    {
        var key = KeyName().Match(printed).Value;
        var by = key.Length > 0 ? $" ({key})" : "";
        return printed switch
        {
            _ when string.IsNullOrWhiteSpace(WithoutClock(printed)) || printed.Contains("no signature found") => "is not signed",
            _ when printed.Contains("No principal matched") || printed.Contains("NO_PUBKEY") => $"is signed by a key that is not allowed{by}",
            _ when printed.Contains("allowedSignersFile needs") => "is signed with an SSH key, and no allowed signers are configured",
            _ when printed.Contains("EXPKEYSIG") || printed.Contains("EXPSIG") => $"has a signature that has expired{by}",
            _ when printed.Contains("REVKEYSIG") => $"is signed by a key that was revoked{by}",
            _ when printed.Contains("cannot run") => "can't be verified: the gpg or ssh-keygen program is missing",
            _ => $"has a bad signature{by}: {GitText.Clean(WithoutClock(printed))}",
        };
    }

    // GPG says each time that it was given a time.
    private static string WithoutClock(string printed) =>
        string.Join('\n', printed.Split('\n').Where(l => !l.Contains("running with faked system time", StringComparison.Ordinal)));

    private static FetchException Unverified(string message) => new(FetchReasons.Unverified, message);

    [GeneratedRegex(@"SHA256:[A-Za-z0-9+/]+|(?<=(?:NO_PUBKEY|EXPKEYSIG|EXPSIG|REVKEYSIG|BADSIG) )[0-9A-F]+")]
    private static partial Regex KeyName();

    private readonly record struct Check(string Keyring, DateTimeOffset SeenAt, string? AllowedSigners);
}
