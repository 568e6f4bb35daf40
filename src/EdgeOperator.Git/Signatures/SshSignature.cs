using System.Globalization;

namespace EdgeOperator.Git.Signatures;

/// <summary>
/// Verifies an SSH signature at the time at which the device saw it. Git verifies it at the time that commit or tag claim, which
/// whoever holds an expired key chooses.
/// </summary>
internal sealed class SshSignature(GitProgram git, string allowedSigners)
{
    private const string Namespace = "git";

    /// <param name="folder">A folder of this check's own.</param>
    /// <returns>Null when a key that is allowed at that time made the signature; otherwise what <c>ssh-keygen</c> said.</returns>
    public async Task<string?> ProblemAsync(SignedObject signed, DateTimeOffset at, string folder, CancellationToken cancellation)
    {
        var file = Path.Combine(folder, "signature");
        await File.WriteAllBytesAsync(file, signed.Signature, cancellation);

        // In local time, as older versions of OpenSSH have no other.
        var time = "-Overify-time=" + at.ToLocalTime().ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        var (found, principals) = await git.ToolAsync("ssh-keygen", ["-Y", "find-principals", "-f", allowedSigners, "-s", file, time], folder, default, cancellation);
        var problem = found.Errors;
        foreach (var principal in principals.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var (verified, _) = await git.ToolAsync(
                "ssh-keygen", ["-Y", "verify", "-n", Namespace, "-f", allowedSigners, "-I", principal, "-s", file, time], folder, signed.Payload, cancellation);
            if (verified.ExitCode == 0)
                return null;

            problem = verified.Errors;
        }

        return problem.Length > 0 ? problem : "no allowed key";
    }
}
