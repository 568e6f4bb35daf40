using System.Collections.Immutable;
using EdgeOperator.Functions.Logs;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Tests.Logs;

public sealed class AppLogTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TempFolder _folder = new();

    [Fact]
    public async Task A_line_tells_time_level_function_invocation_and_message()
    {
        await using var log = new AppLog(_folder, null, TimeProvider.System);

        log.Write(new(Noon, LogLevel.Warning, "Function.hello.User", "hello", "1a2b", "two\nlines \u001b[31m\u202ex"));

        await Eventually.SucceedsAsync(async () => (await ReadAsync(log, 10)).Should().Equal("2026-03-01T12:00:00.000Z warn  hello 1a2b two\\nlines ^[[31m<U+202E>x"));
    }

    [Fact]
    public async Task A_functions_own_lines_can_be_asked_for()
    {
        await using var log = new AppLog(_folder, null, TimeProvider.System);
        foreach (var function in (string?[])["hello", "other", null, "Hello"])
            log.Write(new(Noon, LogLevel.Information, "Function", function, null, $"of {function} and hello"));

        await Eventually.SucceedsAsync(async () => (await ReadAsync(log, 10)).Should().HaveCount(4));
        (await ReadAsync(log, 10, "hello")).Should().HaveCount(2).And.OnlyContain(l => l.Contains("ello - of", StringComparison.Ordinal));
        (await ReadAsync(log, 1, "hello")).Should().ContainSingle().Which.Should().Contain("of Hello");
    }

    [Theory]
    [InlineData("Function.hello", LogLevel.Information, false)]
    [InlineData("Function.hello.User", LogLevel.Debug, true)]
    [InlineData("Function.other", LogLevel.Warning, true)]
    [InlineData("Functional", LogLevel.Warning, false)]
    [InlineData("Host.AppHost", LogLevel.Error, true)]
    public void The_longest_category_of_host_json_decides(string category, LogLevel level, bool kept) => new LogLevels(new()
    {
        DefaultLogLevel = LogLevel.Error,
        LogLevels = ImmutableSortedDictionary<string, LogLevel>.Empty.Add("Function", LogLevel.Warning).Add("Function.hello.User", LogLevel.Debug),
    }).Keep(category, level).Should().Be(kept);

    [Theory]
    [InlineData(Damage.FolderInItsPlace)]
    [InlineData(Damage.LinkInItsPlace)]
    [InlineData(Damage.PipeInItsPlace)]
    public void What_stands_in_a_log_file_s_place_gives_way(Damage damage)
    {
        using (var files = new LogFiles(_folder, size: 100, count: 3))
        {
            for (var i = 0; i < 50; i++)
                files.Write([$"line {i:0000}"]);
        }

        foreach (var file in Directory.GetFiles(_folder))
            damage.Apply(file);
        using var again = new LogFiles(_folder, size: 100, count: 3);
        for (var i = 0; i < 30; i++)
            again.Write([$"new {i:0000}"]);

        again.Tail(100, _ => true).Should().EndWith("new 0029").And.HaveCountGreaterThan(20);
    }

    [Fact]
    public void Files_are_bounded_and_the_newest_lines_stay()
    {
        using var files = new LogFiles(_folder, size: 1000, count: 3);
        for (var i = 0; i < 500; i++)
            files.Write([$"line {i:0000}"]);

        Directory.GetFiles(_folder).Should().HaveCount(3);
        Directory.GetFiles(_folder).Sum(f => new FileInfo(f).Length).Should().BeLessThanOrEqualTo(3000);
        files.Tail(150, _ => true).Should().Equal(Enumerable.Range(350, 150).Select(i => $"line {i:0000}"));
        files.Tail(2, l => l.EndsWith('7')).Should().Equal("line 0487", "line 0497");
    }

    [Fact]
    public async Task Followers_get_what_was_and_what_comes_without_a_gap()
    {
        await using var log = new AppLog(_folder, null, TimeProvider.System);
        using var end = new CancellationTokenSource(Eventually.Deadline);
        var writing = Task.Run(() =>
        {
            for (var i = 0; i < 2000; i++)
                log.Write(new(Noon, LogLevel.Information, "Function", null, null, $"{i}"));
        });

        var seen = new List<int>();
        await foreach (var line in log.ReadAsync(10_000, follow: true, null, end.Token))
        {
            seen.Add(int.Parse(line.Split(' ')[^1]));
            if (seen[^1] == 1999)
                break;
        }

        await writing;
        seen.Should().Equal(Enumerable.Range(0, 2000));
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<List<string>> ReadAsync(AppLog log, int tail, string? function = null)
    {
        var lines = new List<string>();
        await foreach (var line in log.ReadAsync(tail, follow: false, function, CancellationToken.None))
            lines.Add(line);
        return lines;
    }
}
