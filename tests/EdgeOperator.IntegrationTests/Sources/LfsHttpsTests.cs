using EdgeOperator.Agent.Sources;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.IntegrationTests.Sources;

public sealed class LfsHttpsTests : LfsSourceTest
{
    private const string Token = "s3cr3t-t0k3n";

    [Fact]
    public async Task Large_files_are_delivered_instead_of_their_pointers()
    {
        var commit = await PushAsync(("a.yaml", "a"), ("model.bin", "weights"), ("deep/other.bin", "more weights"));
        (await Repository.GitAsync("show", "HEAD:model.bin")).Should().Contain("oid sha256:");

        var artifact = await DeliveredAsync();

        artifact.Id.Should().Be(commit);
        TextOf(artifact, "model.bin").Should().Be("weights");
        TextOf(artifact, "deep/other.bin").Should().Be("more weights");
    }

    [Fact]
    public async Task Every_kind_that_uses_files_of_the_source_gets_the_content()
    {
        await PushAsync(
            ("device.yaml", """
                apiVersion: edgeoperator.io/v1alpha1
                kind: ConfigFile
                metadata: {name: model}
                spec: {path: /srv/model, source: model.bin}
                ---
                apiVersion: edgeoperator.io/v1alpha1
                kind: FunctionApp
                metadata: {name: app}
                spec: {package: {path: app}}
                ---
                apiVersion: edgeoperator.io/v1alpha1
                kind: VirtualMachine
                metadata: {name: box}
                spec: {disk: {image: {url: "https://example.com/box.qcow2", sha256: "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393"}}, provisioning: {files: [{path: /opt/model, source: model.bin}]}}
                """),
            ("model.bin", "weights"),
            ("app/host.json", """{"version": "2.0"}"""),
            ("app/model.bin", "app's weights"));

        var artifact = await DeliveredAsync();

        var read = ManifestReader.Read(RegisteredKinds.All.Manifests, "r1", [new("main", artifact.Files)], RenderContext.AnyDevice);
        read.Problems.Should().BeEmpty();
        var state = read.State!;
        state.Resources.Values.OfType<ConfigFileResource>().Single().File.Content.ToArray().Should().Equal("weights"u8.ToArray());
        state.Resources.Values.OfType<FunctionAppResource>().Single().App.Package.Should().BeOfType<FunctionPackage.Folder>()
            .Which.Files.Single(f => f.Path == "model.bin").Content.ToArray().Should().Equal("app's weights"u8.ToArray());
        state.Resources.Values.OfType<VirtualMachineResource>().Single().Machine.Provisioning.Files.Single().Content.ToArray().Should().Equal("weights"u8.ToArray());
    }

    [Fact]
    public async Task What_is_here_already_is_not_downloaded_again()
    {
        await PushAsync(("a.bin", "one"), ("b.bin", "two"));
        var source = Source(c => c with { Url = Url, CaFile = CaFile });
        await DeliveredAsync(source);
        await PushAsync(("a.bin", "one"), ("b.bin", "three"));

        TextOf(await DeliveredAsync(source), "b.bin").Should().Be("three");

        Lfs.Downloads.Should().BeEquivalentTo(HashOf("one"), HashOf("two"), HashOf("three"));
        Directory.GetFiles(Path.Combine(SourceFolder, "lfs")).Select(Path.GetFileName).Should().BeEquivalentTo(HashOf("one"), HashOf("three"));
    }

    [Fact]
    public async Task A_damaged_copy_is_downloaded_again()
    {
        await PushAsync(("a.bin", "one"));
        var source = Source(c => c with { Url = Url, CaFile = CaFile });
        await DeliveredAsync(source);
        await File.WriteAllTextAsync(Path.Combine(SourceFolder, "lfs", HashOf("one")), "eno");

        TextOf(await DeliveredAsync(source), "a.bin").Should().Be("one");

        Lfs.Downloads.Should().HaveCount(2);
    }

    [Fact]
    public async Task The_source_s_login_goes_to_its_own_server()
    {
        await PushAsync(("a.bin", "one"));
        Server.Authorization = HttpGitServer.Basic("git", Token);

        var artifact = await DeliveredAsync(Source(c => c with { Url = Url, CaFile = CaFile, TokenFile = Files.Write("token", Token) }));

        TextOf(artifact, "a.bin").Should().Be("one");
    }

    [Fact]
    public async Task Headers_that_the_server_hands_out_go_along_and_the_login_stays_here()
    {
        await PushAsync(("a.bin", "one"));
        await using var store = await HttpGitServer.StartAsync(Repository.Path);
        store.Lfs = Lfs;
        (Lfs.StoreUrl, Lfs.HandOutTokens) = (store.Url, true);
        Server.Authorization = HttpGitServer.Basic("git", Token);

        var artifact = await DeliveredAsync(Source(c => c with { Url = Url, CaFile = CaFile, TokenFile = Files.Write("token", Token) }));

        TextOf(artifact, "a.bin").Should().Be("one");
        store.Seen.Should().Equal("");
    }

    [Fact]
    public async Task The_server_that_the_commit_names_is_asked_and_gets_no_login()
    {
        await using var other = await HttpGitServer.StartAsync(Repository.Path);
        other.Lfs = Lfs;
        Server.Authorization = HttpGitServer.Basic("git", Token);
        Lfs.Objects[HashOf("one")] = "one"u8.ToArray();
        await Repository.CommitAsync((".gitattributes", Attributes), (".lfsconfig", $"[lfs]\n\turl = {other.Url}/elsewhere/info/lfs\n"), ("site/a.bin", "one"));

        var artifact = await DeliveredAsync(Source(c => c with { Url = Url, CaFile = CaFile, Path = "site", TokenFile = Files.Write("token", Token) }));

        TextOf(artifact, "a.bin").Should().Be("one");
        other.Seen.Should().OnlyContain(authorization => authorization == "");
    }

    [Fact]
    public async Task What_was_not_pushed_concerns_only_who_refers_to_it_and_is_delivered_once_it_is_there()
    {
        var commit = await Repository.CommitAsync((".gitattributes", Attributes), ("a.yaml", "a"), ("a.bin", "one"));
        var source = Source(c => c with { Url = Url, CaFile = CaFile });

        var without = await DeliveredAsync(source);
        var unchanged = await source.FetchAsync(new(without.Id), Deadline);
        Lfs.Objects[HashOf("one")] = "one"u8.ToArray();
        var whole = await DeliveredAsync(source, without.Id);

        RefusalOf(without, "a.bin").Should().Contain("Git LFS pointer").And.Contain("Object does not exist");
        TextOf(without, "a.yaml").Should().Be("a");
        unchanged.Should().BeOfType<FetchResult.Unchanged>();
        whole.Id.Should().Be(commit);
        TextOf(whole, "a.bin").Should().Be("one");
    }

    [Fact]
    public async Task A_server_that_has_no_large_files_is_said_to()
    {
        await Repository.CommitAsync((".gitattributes", Attributes), ("a.bin", "one"));
        Server.Lfs = null;

        RefusalOf(await DeliveredAsync(), "a.bin").Should().Contain("does not offer Git LFS for this repository");
    }

    [Theory]
    [InlineData(403)]
    [InlineData(509)]
    public async Task A_server_that_refuses_is_quoted(int status)
    {
        await PushAsync(("a.bin", "one"));
        Lfs.Status = status;

        RefusalOf(await DeliveredAsync(), "a.bin").Should().Contain($"{status}: not today");
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_server_that_fails_fails_the_fetch_and_the_mirror_is_kept(int status)
    {
        await PushAsync(("a.bin", "one"));
        Lfs.Status = status;
        var source = Source(c => c with { Url = Url, CaFile = CaFile });

        for (var attempt = 0; attempt < 4; attempt++)
            (await FailedAsync(source)).Should().Match<FetchResult.Failed>(f => f.Reason == "Unreachable" && f.Message.Contains($"{status}: not today"));
        Lfs.Status = null;
        TextOf(await DeliveredAsync(source), "a.bin").Should().Be("one");

        Server.Fetches.Should().Be(1);
    }

    [Theory]
    [InlineData("onf")]
    [InlineData("on")]
    [InlineData("one and more")]
    public async Task Other_bytes_than_the_pointer_names_are_not_delivered(string sent)
    {
        await PushAsync(("a.bin", "one"));
        Lfs.Objects[HashOf("one")] = System.Text.Encoding.UTF8.GetBytes(sent);

        RefusalOf(await DeliveredAsync(), "a.bin").Should().Contain("sends something else");
    }

    [Fact]
    public async Task A_file_over_a_limit_is_not_downloaded()
    {
        await PushAsync(("a.bin", new string('x', 2000)), ("b.bin", "small"));

        var artifact = await DeliveredAsync(Source(c => c with { Url = Url, CaFile = CaFile, MaxFileSize = 1000 }));

        RefusalOf(artifact, "a.bin").Should().Contain("2000 bytes; at most 1000 are accepted (maxFileSize)");
        TextOf(artifact, "b.bin").Should().Be("small");
        Lfs.Downloads.Should().Equal(HashOf("small"));
    }

    [Fact]
    public async Task Large_files_count_against_the_budget_of_the_mirror()
    {
        await PushAsync(("a.bin", new string('x', 3_000_000)));

        var artifact = await DeliveredAsync(Source(c => c with { Url = Url, CaFile = CaFile, MaxRepositorySize = 2_000_000 }));

        RefusalOf(artifact, "a.bin").Should().Contain("maxRepositorySize");
        Lfs.Downloads.Should().BeEmpty();
    }

    [Fact]
    public async Task An_untrusted_certificate_of_the_server_is_said_to_be()
    {
        using var stranger = new TestAuthority();
        await using var other = await HttpGitServer.StartAsync(Repository.Path, stranger.Server);
        other.Lfs = Lfs;
        await Repository.CommitAsync((".gitattributes", Attributes), (".lfsconfig", $"[lfs]\n\turl = {other.Url}/info/lfs\n"), ("a.bin", "one"));

        (await FailedAsync(Source(c => c with { Url = Url, CaFile = CaFile }))).Should()
            .Match<FetchResult.Failed>(f => f.Reason == "AuthenticationFailed" && f.Message.Contains("not trusted"));
    }
}
