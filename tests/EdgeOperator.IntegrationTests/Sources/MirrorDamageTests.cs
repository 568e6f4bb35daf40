using EdgeOperator.Agent.Sources;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Sources;

/// <summary>Whatever happens to the local mirror, the next poll delivers, or the one after the mirror was suspected.</summary>
public sealed class MirrorDamageTests : GitSourceTest
{
    private const string Folder = "site";

    public static TheoryData<string, string> Damages()
    {
        var damages = new TheoryData<string, string>();
        foreach (var file in (string[])["*.pack", "*.idx", "*.promisor", "HEAD", "config", "shallow", "fetched"])
        {
            foreach (var how in (string[])["empty", "half", "junk", "flipped", "missing", "folder", "dangling link"])
                damages.Add(file, how);
        }

        return damages;
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task A_damaged_file_of_the_mirror_does_not_end_updates(string pattern, string how)
    {
        await DeliverFirstAsync();
        var files = Directory.GetFiles(LocalRepository, pattern, SearchOption.AllDirectories);
        files.Should().NotBeEmpty();
        foreach (var file in files)
            Damage(file, how);

        await DeliversNextAsync();
    }

    [Theory]
    [InlineData("index.lock")]
    [InlineData("HEAD.lock")]
    [InlineData("shallow.lock")]
    [InlineData("refs/edgeoperator/fetched.lock")]
    [InlineData("packed-refs.lock")]
    [InlineData("objects/pack/tmp_pack_x")]
    [InlineData("objects/info/alternates")]
    [InlineData("packed-refs")]
    [InlineData("info/grafts")]
    [InlineData("commondir")]
    [InlineData("objects/info/commit-graph")]
    [InlineData("objects/pack/multi-pack-index")]
    public async Task A_stray_file_in_the_mirror_does_not_end_updates(string file)
    {
        await DeliverFirstAsync();
        var path = Path.Combine(LocalRepository, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, "junk\n");

        await DeliversNextAsync();
    }

    [Theory]
    [InlineData("refs/edgeoperator/fetched.lock")]
    [InlineData("shallow.lock")]
    [InlineData("objects/pack/tmp_pack_x")]
    public async Task A_stray_folder_in_the_mirror_does_not_end_updates(string folder)
    {
        await DeliverFirstAsync();
        Directory.CreateDirectory(Path.Combine(LocalRepository, folder, "x"));

        await DeliversNextAsync();
    }

    [Theory]
    [InlineData("shallow")]
    [InlineData("refs/edgeoperator/fetched")]
    [InlineData("packed-refs")]
    public async Task A_link_to_what_never_ends_is_not_read(string file)
    {
        await DeliverFirstAsync();
        var path = Path.Combine(LocalRepository, file);
        File.Delete(path);
        File.CreateSymbolicLink(path, "/dev/zero");

        await DeliversNextAsync();
    }

    [Fact]
    public async Task Tidying_up_does_not_leave_the_mirror_through_a_link()
    {
        await DeliverFirstAsync();
        using var outside = new TempFolder("outside");
        Directory.CreateSymbolicLink(Path.Combine(LocalRepository, "objects", "elsewhere"), outside);
        string[] files = [outside.Write("yum.lock", ""), outside.Write("tmp_mine", "")];

        await DeliversNextAsync();

        files.Should().OnlyContain(file => File.Exists(file));
    }

    [Fact]
    public async Task A_mirror_that_is_a_file_or_a_link_is_replaced()
    {
        await DeliverFirstAsync();
        Directory.Delete(LocalRepository, recursive: true);
        await File.WriteAllTextAsync(LocalRepository, "junk");
        await DeliversNextAsync();

        Directory.Delete(LocalRepository, recursive: true);
        File.CreateSymbolicLink(LocalRepository, "/nowhere");
        await DeliversNextAsync();
    }

    [Fact]
    public async Task A_mirror_without_permissions_is_replaced()
    {
        await DeliverFirstAsync();
        foreach (var folder in Directory.GetDirectories(LocalRepository, "*", SearchOption.AllDirectories).Reverse().Append(LocalRepository))
            File.SetUnixFileMode(folder, UnixFileMode.None);

        await DeliversNextAsync();
    }

    [Theory]
    [InlineData("*.pack")]
    [InlineData("HEAD")]
    [InlineData("config")]
    [InlineData("shallow")]
    public async Task A_file_that_blocks_whoever_opens_it_is_replaced_after_repeated_timeouts(string pattern)
    {
        await DeliverFirstAsync();
        var file = Directory.GetFiles(LocalRepository, pattern, SearchOption.AllDirectories)[0];
        File.Delete(file);
        await Shell.RunAsync("mkfifo", file);
        var commit = await Repository.CommitAsync(($"{Folder}/a.yaml", "2"));

        var source = Source(c => c with { Path = Folder });
        FetchResult? result = null;
        for (var poll = 0; poll < 3 && result is not FetchResult.Fetched; poll++)
            result = await PollAsync(source);

        result.Should().BeOfType<FetchResult.Fetched>().Which.Artifact.Id.Should().Be($"{commit}:{Folder}");
    }

    [Fact]
    public async Task Settings_that_are_a_folder_are_replaced()
    {
        await DeliverFirstAsync();
        var file = Path.Combine(SourceFolder, "home", ".gitconfig");
        File.Delete(file);
        Directory.CreateDirectory(Path.Combine(file, "x"));

        await DeliversNextAsync();
    }

    // As the agent does: what takes too long is ended.
    private async Task<FetchResult?> PollAsync(Agent.Sources.Git.GitSource source)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Deadline);
        deadline.CancelAfter(TimeSpan.FromSeconds(3));
        try
        {
            return await source.FetchAsync(new(null), deadline.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task DeliverFirstAsync()
    {
        await Repository.CommitAsync(($"{Folder}/a.yaml", "1"), ($"{Folder}/b", new string('b', 5000)), ("x", "x"));
        await DeliveredAsync(Source(c => c with { Path = Folder }));
    }

    private async Task DeliversNextAsync()
    {
        await Repository.CommitAsync(($"{Folder}/a.yaml", "2"), ($"{Folder}/b", new string('b', 5000) + "c"), ("x", "y"));
        Texts(await DeliveredAsync(Source(c => c with { Path = Folder }))).Should().Equal(("a.yaml", "2"), ("b", new string('b', 5000) + "c"));
    }

    private static void Damage(string file, string how)
    {
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var content = File.ReadAllBytes(file);
        File.Delete(file);
        switch (how)
        {
            case "empty":
                File.WriteAllBytes(file, []);
                break;
            case "half":
                File.WriteAllBytes(file, content[..(content.Length / 2)]);
                break;
            case "junk":
                File.WriteAllText(file, "junk\n");
                break;
            case "flipped":
                for (var at = content.Length / 3; at < content.Length; at += 7)
                    content[at] ^= 0x55;
                File.WriteAllBytes(file, content);
                break;
            case "folder":
                Directory.CreateDirectory(file);
                break;
            case "dangling link":
                File.CreateSymbolicLink(file, "/nowhere");
                break;
        }
    }
}
