using System.Security.Cryptography;
using EdgeOperator.Agent.Sources;
using EdgeOperator.Git;
using EdgeOperator.Platform.Processes;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Sources;

public sealed class MirrorBudgetTests : SignedSourceTest
{
    private const int Megabyte = 1024 * 1024;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Commits_that_are_refused_for_a_large_file_leave_nothing_behind(bool filters)
    {
        await Repository.GitAsync("config", "uploadpack.allowFilter", filters ? "true" : "false");
        await Repository.CommitAsync(("a.yaml", "1"));
        var source = Source(c => c with { MaxFileSize = Megabyte });
        await DeliveredAsync(source);
        var before = Size();

        for (var number = 0; number < 3; number++)
        {
            await Repository.CommitAsync(("a.yaml", "2"), ("large", Noise(2 * Megabyte)));
            (await FailedAsync(source)).Should().Match<FetchResult.Failed>(f => f.Reason == "Refused" && f.Message.Contains("maxFileSize"));
            Size().Should().BeLessThan(before + (Megabyte / 4));
        }

        await Repository.CommitAsync(("a.yaml", "3"));
        Texts(await DeliveredAsync(source)).Should().Equal(("a.yaml", "3"));
        await LocalGitAsync("fsck", "--connectivity-only");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Commits_that_are_not_signed_leave_nothing_behind(bool filters)
    {
        await Repository.GitAsync("config", "uploadpack.allowFilter", filters ? "true" : "false");
        var alice = await SignerAsync("ssh", "alice");
        await CommitAsync(alice, "1");
        var source = Verifying(alice);
        await DeliveredAsync(source);
        var before = Size();

        for (var number = 0; number < 3; number++)
        {
            await Repository.CommitAsync(("a.yaml", "2"), ("large", Noise(Megabyte)));
            (await FailedAsync(source)).Reason.Should().Be("Unverified");
            Size().Should().BeLessThan(before + (Megabyte / 4));
        }

        await CommitAsync(alice, "3");
        await DeliveredAsync(source);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_repository_beyond_its_budget_is_refused_and_leaves_nothing_behind(bool filters)
    {
        await Repository.GitAsync("config", "uploadpack.allowFilter", filters ? "true" : "false");
        await Repository.CommitAsync(("a.yaml", "1"), ("x", Noise(3 * Megabyte)), ("y", Noise(3 * Megabyte)));
        var source = Source(c => c with { MaxRepositorySize = 2 * Megabyte });

        (await FailedAsync(source)).Should().Match<FetchResult.Failed>(f => f.Reason == "Refused" && f.Message.Contains("maxRepositorySize"));
        Size().Should().BeLessThan(Megabyte);

        await Repository.CommitAsync(("a.yaml", "2"));
        Texts(await DeliveredAsync(source)).Should().Equal(("a.yaml", "2"));
    }

    [Fact]
    public async Task Many_commits_in_a_row_keep_within_the_budget()
    {
        var source = Source(c => c with { MaxRepositorySize = 4 * Megabyte });
        for (var number = 0; number < 8; number++)
        {
            await Repository.CommitAsync(("a.yaml", $"{number}"), ("x", Noise(Megabyte)));
            await DeliveredAsync(source);
            Size().Should().BeLessThan(4 * Megabyte);
        }
    }

    [Fact]
    public async Task A_fetch_that_starts_process_after_process_is_ended_with_all_of_them()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Keys, "group")).FullName;
        var program = Keys.Write("group/chain", "#!/bin/sh\n\"$0\" &\nexec sleep 300\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var guard = new FetchGuard(folder, Megabyte, TimeProvider.System);
        var group = 0;

        var running = ChildProcess.RunGroupAsync(
            program, [], new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" }, folder, default, (s, c) => s.CopyToAsync(Stream.Null, c),
            (id, c) =>
            {
                group = id;
                return guard.WatchAsync(id, c);
            },
            Deadline);

        (await running.Invoking(r => r).Should().ThrowAsync<FetchException>()).Which.Reason.Should().Be("Corrupt");
        await Eventually.TrueAsync("the group has ended", () => !Members(group));
    }

    private static bool Members(int group) => Directory.GetDirectories("/proc").Any(process =>
    {
        try
        {
            return char.IsAsciiDigit(process[6]) && File.ReadAllText(process + "/stat") is var stat
                && stat[(stat.LastIndexOf(')') + 2)..].Split(' ') is [var state, _, var its, ..] && its == $"{group}" && state != "Z";
        }
        catch (IOException)
        {
            return false;
        }
    });

    private static string Noise(int size) => Convert.ToBase64String(RandomNumberGenerator.GetBytes(size));

    // A mirror that could not be kept within its budget is thrown away.
    private long Size() => !Directory.Exists(LocalRepository) ? 0 : new DirectoryInfo(LocalRepository).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length);
}
