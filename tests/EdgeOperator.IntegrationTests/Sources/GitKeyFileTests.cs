using EdgeOperator.Agent.Sources;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Sources;

public sealed class GitKeyFileTests : SignedSourceTest
{
    [Fact]
    public async Task Keys_in_the_repository_itself_decide_nothing()
    {
        var alice = await SignedRepositoryAsync();

        (await RefusedAsync(alice, Path.Combine(Repository.Path, "allowed"))).Should().Contain("in the repository that it verifies");
    }

    [Fact]
    public async Task Keys_behind_a_symlink_into_the_repository_decide_nothing()
    {
        var alice = await SignedRepositoryAsync();
        var folder = Path.Combine(Keys, "linked");
        Directory.CreateSymbolicLink(folder, Repository.Path);

        (await RefusedAsync(alice, Path.Combine(folder, "allowed"))).Should().Contain("in the repository that it verifies");
    }

    [Fact]
    public async Task Keys_in_a_checkout_of_the_repository_decide_nothing()
    {
        var alice = await SignedRepositoryAsync();
        using var checkout = new TempFolder("checkout");
        await Shell.RunAsync("git", "clone", "-q", Repository.Url, Path.Combine(checkout, "fleet"));
        await Shell.RunAsync("git", "-C", Path.Combine(checkout, "fleet"), "worktree", "add", "-q", Path.Combine(checkout, "linked"));

        (await RefusedAsync(alice, Path.Combine(checkout, "fleet", "allowed"))).Should().Contain("a checkout of the repository");
        (await RefusedAsync(alice, Path.Combine(checkout, "linked", "allowed"))).Should().Contain("a checkout of the repository");
    }

    [Fact]
    public async Task Keys_among_what_sources_delivered_decide_nothing()
    {
        var alice = await SignedRepositoryAsync();
        var file = Path.Combine(Path.GetDirectoryName(SourceFolder)!, "other", "allowed");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.Copy(alice.PublicKeyFile, file);

        (await RefusedAsync(alice, file)).Should().Contain("which holds what repositories delivered");
    }

    [Fact]
    public async Task Keys_in_a_checkout_of_another_repository_are_the_devices_own_affair()
    {
        // As where /etc itself is kept in Git.
        var alice = await SignedRepositoryAsync();
        using var etc = await EdgeOperator.Testing.Devices.Repository.CreateAsync();
        var file = Path.Combine(etc.Path, "allowed");
        File.Copy(alice.PublicKeyFile, file);

        await DeliveredAsync(Source(c => c with { Verify = new GitVerification.Signed(file, null) }));
    }

    [Fact]
    public async Task A_signed_commit_that_brings_other_keys_along_changes_nothing()
    {
        var (alice, mallory) = (await SignedRepositoryAsync(), await SignerAsync("ssh", "mallory"));
        var source = Verifying(alice);
        await DeliveredAsync(source);
        File.Copy(mallory.PublicKeyFile, Path.Combine(Repository.Path, "allowed"), overwrite: true);
        await CommitAsync(alice, "2");
        await DeliveredAsync(source);

        await CommitAsync(mallory, "3");

        (await FailedAsync(source)).Reason.Should().Be("Unverified");
    }

    [Fact]
    public async Task Key_files_that_never_end_or_never_begin_are_refused_at_once()
    {
        await SignedRepositoryAsync();
        var pipe = Path.Combine(Keys, "pipe");
        await Shell.RunAsync("mkfifo", pipe);
        var huge = Path.Combine(Keys, "huge");
        await using (var sparse = File.Create(huge))
            sparse.SetLength(8L << 30);

        foreach (var file in (string[])[pipe, "/dev/zero", Keys, huge])
        {
            foreach (var verify in (GitVerification.Signed[])[new(file, null), new(null, file)])
                (await FailedAsync(Source(c => c with { Verify = verify }))).Should().Match<FetchResult.Failed>(f => f.Reason == "Unverified" && f.Message.Contains($"can't be used: {file} "));
        }
    }

    private async Task<Signer> SignedRepositoryAsync()
    {
        var alice = await SignerAsync("ssh", "alice");
        File.Copy(alice.PublicKeyFile, Path.Combine(Repository.Path, "allowed"));
        await CommitAsync(alice, "1");
        return alice;
    }

    private async Task<string> RefusedAsync(Signer alice, string file)
    {
        (await File.ReadAllTextAsync(file)).Should().Be(await File.ReadAllTextAsync(alice.PublicKeyFile));
        var failed = await FailedAsync(Source(c => c with { Verify = new GitVerification.Signed(file, null) }));
        failed.Reason.Should().Be("Unverified");
        return failed.Message;
    }
}
