using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.IntegrationTests.Sources;

public sealed class GitRecoveryTests : GitSourceTest
{
    [Theory]
    [InlineData("config")]
    [InlineData("HEAD")]
    [InlineData("objects")]
    [InlineData("refs")]
    public async Task A_local_repository_that_lacks_a_part_is_made_anew(string part)
    {
        await DeliverFirstAsync();
        var path = Path.Combine(LocalRepository, part);
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        else
            File.Delete(path);

        await DeliversSecondAsync();
    }

    [Theory]
    [InlineData("config")]
    [InlineData("HEAD")]
    [InlineData("shallow")]
    [InlineData("refs/edgeoperator/fetched")]
    public async Task A_local_repository_with_junk_in_it_is_made_anew(string file)
    {
        await DeliverFirstAsync();
        await File.WriteAllTextAsync(Path.Combine(LocalRepository, file), "junk\n");

        await DeliversSecondAsync();
    }

    [Fact]
    public async Task A_local_repository_with_damaged_objects_is_made_anew()
    {
        await DeliverFirstAsync();
        foreach (var pack in Directory.GetFiles(Path.Combine(LocalRepository, "objects", "pack")))
        {
            File.SetUnixFileMode(pack, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            var bytes = await File.ReadAllBytesAsync(pack);
            Array.Fill(bytes, (byte)'x', bytes.Length / 4, bytes.Length / 2);
            await File.WriteAllBytesAsync(pack, bytes);
        }

        // Asked for the same commit again, as after a damaged artifact, and for the next one.
        Texts(await DeliveredAsync(Source())).Should().Equal(("a.yaml", "1"));
        await DeliversSecondAsync();
    }

    [Fact]
    public async Task What_a_killed_fetch_left_behind_is_cleared_away()
    {
        await DeliverFirstAsync();
        string[] leftovers = ["shallow.lock", "refs/edgeoperator/fetched.lock", "packed-refs.lock", "config.lock", "objects/pack/tmp_pack_abc"];
        foreach (var file in leftovers)
            await File.WriteAllTextAsync(Path.Combine(LocalRepository, file), new string('x', 1000));

        await DeliversSecondAsync();

        leftovers.Where(f => File.Exists(Path.Combine(LocalRepository, f))).Should().BeEmpty();
    }

    [Fact]
    public async Task Another_address_starts_afresh()
    {
        await DeliverFirstAsync();
        using var other = await Repository.CreateAsync();
        var commit = await other.CommitAsync(("b.yaml", "b"));

        (await DeliveredAsync(Source(c => c with { Url = other.Url }))).Id.Should().Be(commit);

        (await LocalGitAsync("rev-list", "--all", "--count")).Trim().Should().Be("1");
        (await LocalGitAsync("config", "remote.origin.url")).Trim().Should().Be(other.Url);
    }

    [Fact]
    public async Task A_fetch_that_is_cut_is_unreachable_and_the_next_one_gets_all()
    {
        var large = Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(2_000_000));
        var commit = await Repository.CommitAsync(("a.yaml", "a"), ("large", large));
        await using var server = await HttpGitServer.StartAsync(Repository.Path);
        await using var proxy = new CuttableProxy(new Uri(server.Url).Authority);
        var source = Source(c => c with { Url = $"http://{proxy.Address}/.git" });

        proxy.CutAfter(500_000);
        var failed = await FailedAsync(source);
        proxy.Passed.Should().BeGreaterThan(400_000);
        failed.Reason.Should().Be("Unreachable");

        proxy.Restore();
        var artifact = await DeliveredAsync(source);
        artifact.Id.Should().Be(commit);
        Texts(artifact).Should().Equal(("a.yaml", "a"), ("large", large));
        Directory.GetFiles(LocalRepository, "tmp_*", SearchOption.AllDirectories).Should().BeEmpty();
    }

    [Fact]
    public async Task A_server_that_can_t_be_reached_is_unreachable()
    {
        await using var proxy = new CuttableProxy("127.0.0.1:9");
        proxy.Cut();

        (await FailedAsync(Source(c => c with { Url = $"http://{proxy.Address}/.git" }))).Reason.Should().Be("Unreachable");
        (await FailedAsync(Source(c => c with { Url = $"http://127.0.0.1:{FreePort.Next()}/.git" }))).Reason.Should().Be("Unreachable");
    }

    [Fact]
    public async Task Cancelling_a_stalled_fetch_leaves_no_process_behind()
    {
        await Repository.CommitAsync(("a.yaml", "a"), ("large", Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(2_000_000))));
        await using var server = await HttpGitServer.StartAsync(Repository.Path);
        await using var proxy = new CuttableProxy(new Uri(server.Url).Authority);
        proxy.StallAfter(500_000);
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Deadline);
        var fetching = Source(c => c with { Url = $"http://{proxy.Address}/.git" }).FetchAsync(new(null), cancelled.Token);
        await Eventually.TrueAsync("the fetch is stalled", () => proxy.Passed >= 500_000 && Processes(proxy.Address).Length > 1);

        await cancelled.CancelAsync();

        await fetching.Invoking(f => f).Should().ThrowAsync<OperationCanceledException>();
        await Eventually.TrueAsync("all processes have ended", () => Processes(proxy.Address).Length == 0);
    }

    [Fact]
    public async Task A_repository_that_is_damaged_itself_is_corrupt_and_fails_once()
    {
        await Repository.CommitAsync(("a.yaml", "a"));
        foreach (var file in Directory.GetFiles(Path.Combine(Repository.Path, ".git", "objects"), "*", SearchOption.AllDirectories))
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            await File.WriteAllTextAsync(file, "junk");
        }

        (await FailedAsync(Source())).Reason.Should().Be("Corrupt");
    }

    private async Task DeliverFirstAsync()
    {
        await Repository.CommitAsync(("a.yaml", "1"));
        await DeliveredAsync(Source());
    }

    private async Task DeliversSecondAsync()
    {
        await Repository.CommitAsync(("a.yaml", "2"));
        Texts(await DeliveredAsync(Source())).Should().Equal(("a.yaml", "2"));
        await LocalGitAsync("fsck");
    }

    // Every process of this fetch has the server's address or this test's folder on its command line.
    private string[] Processes(string address)
    {
        var found = new List<string>();
        foreach (var folder in Directory.GetDirectories("/proc").Where(d => int.TryParse(Path.GetFileName(d), out _)))
        {
            try
            {
                var line = File.ReadAllText($"{folder}/cmdline");
                if (line.Contains(address, StringComparison.Ordinal) || line.Contains(LocalRepository, StringComparison.Ordinal))
                    found.Add(line);
            }
            catch (IOException)
            {
                // It has ended.
            }
        }

        return [.. found];
    }
}
