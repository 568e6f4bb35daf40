using EdgeOperator.Agent.Sources;
using EdgeOperator.Agent.Sources.Git;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Sources;

/// <summary>A repository whose commits and tags people sign with real keys.</summary>
public abstract class SignedSourceTest : GitSourceTest
{
    private protected TempFolder Keys { get; } = new("keys");

    public override async Task DisposeAsync()
    {
        await Signer.StopAgentsAsync(Keys);
        await base.DisposeAsync();
    }

    public override void Dispose()
    {
        Keys.Dispose();
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected Task<Signer> SignerAsync(string kind, string name) =>
        kind == "ssh" ? Signer.WithSshKeyAsync(Keys, name) : Signer.WithGpgKeyAsync(Keys, name);

    private protected GitSource Verifying(
        Signer signer, GitRef? wanted = null, Func<GitVerification.Signed, GitVerification.Signed>? change = null)
    {
        var signed = signer.IsSsh ? new GitVerification.Signed(signer.PublicKeyFile, null) : new GitVerification.Signed(null, signer.PublicKeyFile);
        return Source(c => c with { Ref = wanted ?? c.Ref, Verify = change?.Invoke(signed) ?? signed });
    }

    /// <param name="at">The time that the commit claims; null for now.</param>
    private protected async Task<string> CommitAsync(Signer signer, string content, DateTimeOffset? at = null)
    {
        await File.WriteAllTextAsync(Path.Combine(Repository.Path, "a.yaml"), content);
        await Repository.GitAsync("add", "-A");
        await ClaimingAsync(at, [.. signer.GitOptions, "commit", "-q", "--allow-empty", "-S", "-m", "Signed change"]);
        return (await Repository.GitAsync("rev-parse", "HEAD")).Trim();
    }

    /// <param name="signer">Null leaves the tag unsigned, yet annotated.</param>
    private protected Task TagAsync(Signer? signer, string name, string commit = "HEAD", DateTimeOffset? at = null) => signer is null
        ? ClaimingAsync(at, ["tag", "-f", "-a", "-m", name, name, commit])
        : ClaimingAsync(at, [.. signer.GitOptions, "tag", "-f", "-s", "-m", name, name, commit]);

    private protected async Task<FetchResult.Fetched> AcceptingRewindAsync(GitSource source, string? known = null) =>
        (await source.FetchAsync(new(known, AllowRewind: true), Deadline)).Should().BeOfType<FetchResult.Fetched>().Subject;

    private Task<string> ClaimingAsync(DateTimeOffset? at, string[] arguments)
    {
        var date = at is { } time ? $"{time.ToUnixTimeSeconds()} +0000" : "";
        return Shell.RunAsync("env", [.. at is null ? Array.Empty<string>() : [$"GIT_COMMITTER_DATE={date}", $"GIT_AUTHOR_DATE={date}"], "git", "-C", Repository.Path, .. arguments]);
    }
}
