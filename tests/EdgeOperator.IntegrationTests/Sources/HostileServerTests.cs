using System.Text;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.IntegrationTests.Sources;

/// <summary>What a Git server says ends up in conditions, events and logs: on one line, and with nothing that ends it.</summary>
public sealed class HostileServerTests : GitSourceTest
{
    private const string Words = "no\e[2J\e]0;owned\a\u009b31m\u0085\b\r\nFORGED: all is well\u2028\u0000x";

    [Theory]
    [InlineData("info/refs", StatusCodes.Status200OK, true)]
    [InlineData("info/refs", StatusCodes.Status200OK, false)]
    [InlineData("info/refs", StatusCodes.Status403Forbidden, false)]
    [InlineData("git-upload-pack", StatusCodes.Status200OK, true)]
    [InlineData("git-upload-pack", StatusCodes.Status200OK, false)]
    public async Task Its_errors_are_told_on_one_line_without_control_characters(string path, int status, bool isFramed)
    {
        await Repository.CommitAsync(("a.yaml", "a"));
        await using var server = await HttpGitServer.StartAsync(Repository.Path);
        server.Special = async http =>
        {
            if (!http.Request.Path.Value!.EndsWith(path, StringComparison.Ordinal))
                return false;
            http.Response.StatusCode = status;
            http.Response.ContentType = path == "info/refs" ? "application/x-git-upload-pack-advertisement" : "application/x-git-upload-pack-result";
            await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(isFramed ? Packet($"ERR {Words}") : Words));
            return true;
        };

        var failed = await FailedAsync(Source(c => c with { Url = $"{server.Url}/.git" }));

        failed.Message.Should().NotBeEmpty();
        failed.Message.Where(char.IsControl).Should().BeEmpty();
        failed.Message.Length.Should().BeLessThan(1000);
    }

    private static string Packet(string text) => $"{Encoding.UTF8.GetByteCount(text) + 4:x4}{text}";
}
