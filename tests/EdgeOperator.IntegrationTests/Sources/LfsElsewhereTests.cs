namespace EdgeOperator.IntegrationTests.Sources;

public sealed class LfsElsewhereTests : LfsSourceTest
{
    [Fact]
    public async Task A_repository_on_the_device_has_its_large_files_itself()
    {
        var commit = await Repository.CommitAsync((".gitattributes", Attributes), ("a.bin", "one"));

        var artifact = await DeliveredAsync(Source());

        artifact.Id.Should().Be(commit);
        TextOf(artifact, "a.bin").Should().Be("one");
    }

    [Fact]
    public async Task A_repository_on_the_device_that_lacks_them_is_said_to()
    {
        await PushAsync(("a.bin", "one"));

        RefusalOf(await DeliveredAsync(Source()), "a.bin").Should().Contain("git lfs fetch --all");
    }

    [Fact]
    public async Task An_SSH_server_names_where_they_are()
    {
        await PushAsync(("a.bin", "one"));
        Server.Authorization = "RemoteAuth ticket";
        await using var ssh = await SshServer.StartAsync(commands: Command($$$"""echo '{"href": "{{{Url}}}/info/lfs", "header": {"Authorization": "RemoteAuth ticket"}}'; test "$*" = "{{{Repository.Path}}} download" """));
        Lfs.HandOutTokens = true;
        await using var store = await HttpGitServer.StartAsync(Repository.Path);
        store.Lfs = Lfs;
        Lfs.StoreUrl = store.Url;

        var artifact = await DeliveredAsync(Source(c => c with { Url = ssh.Url(Repository.Path), SshKeyFile = ssh.KeyFile, CaFile = CaFile }));

        TextOf(artifact, "a.bin").Should().Be("one");
        store.Seen.Should().Equal("");
    }

    [Fact]
    public async Task An_SSH_server_that_knows_none_is_said_to()
    {
        await PushAsync(("a.bin", "one"));
        await using var ssh = await SshServer.StartAsync(commands: Command("echo 'no large files here' >&2; exit 1"));

        var artifact = await DeliveredAsync(Source(c => c with { Url = ssh.Url(Repository.Path), SshKeyFile = ssh.KeyFile }));

        RefusalOf(artifact, "a.bin").Should().Contain("SSH server does not offer it").And.Contain("no large files here");
    }

    private string Command(string script)
    {
        var file = Files.Write("commands/git-lfs-authenticate", $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return Path.GetDirectoryName(file)!;
    }
}
