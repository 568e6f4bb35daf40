using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Sources;

/// <summary>Somebody with a key to sign commits with; the arguments go between <c>git</c> and its command.</summary>
public sealed record Signer(string[] GitOptions, string PublicKeyFile)
{
    /// <summary>Whether the key is an SSH key, not one of GPG's.</summary>
    public bool IsSsh { get; init; }

    /// <returns>A signer whose public key file is an OpenSSH allowed-signers file.</returns>
    /// <param name="options">Further options of the key, such as <c>valid-before="…"</c>.</param>
    public static async Task<Signer> WithSshKeyAsync(TempFolder folder, string name, string options = "")
    {
        var key = folder.File($"{name}/key");
        await Shell.RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key);
        var allowed = folder.Write($"{name}/allowed", $"{name}@example.com namespaces=\"git\"{(options.Length > 0 ? "," : "")}{options} {await File.ReadAllTextAsync(key + ".pub")}");
        return new(["-c", "gpg.format=ssh", "-c", $"user.signingKey={key}"], allowed) { IsSsh = true };
    }

    /// <param name="createdAt">As <c>20260101T000000</c>: when the key was made, and the time at which it signs from then on; null for now.</param>
    /// <returns>A signer whose public key file is a file of exported GPG keys.</returns>
    public static async Task<Signer> WithGpgKeyAsync(TempFolder folder, string name, string expiry = "never", string? createdAt = null)
    {
        var home = Path.GetDirectoryName(folder.File($"{name}/home/x"))!;
        File.SetUnixFileMode(home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string[] clock = createdAt is null ? [] : ["--faked-system-time", createdAt];
        await GpgAsync(home, [.. clock, "--passphrase", "", "--quick-generate-key", $"{name} <{name}@example.com>", "ed25519", "sign", expiry]);
        var keys = Path.Combine(folder, name, "keys.asc");
        await GpgAsync(home, "--armor", "--output", keys, "--export");
        var program = folder.Write($"{name}/gpg", $"#!/bin/sh\nexec gpg --homedir {home} {string.Join(' ', clock)} \"$@\"\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return new(["-c", $"gpg.program={program}", "-c", $"user.signingKey={name}@example.com"], keys);
    }

    /// <summary>GPG leaves an agent running for each home; it ends with its home.</summary>
    public static Task StopAgentsAsync(TempFolder folder) =>
        Shell.RunAsync("sh", "-c", $"for h in {folder}/*/home; do [ ! -d \"$h\" ] || GNUPGHOME=\"$h\" gpgconf --kill all; done");

    private static Task<string> GpgAsync(string home, params string[] arguments) =>
        Shell.RunAsync("gpg", ["--homedir", home, "--batch", "--quiet", "--pinentry-mode", "loopback", .. arguments]);
}
