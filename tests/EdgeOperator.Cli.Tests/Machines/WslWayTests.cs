using EdgeOperator.Cli.Machines.Windows;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Tests.Machines;

/// <summary>How wsl.exe is called, word for word. Windows splits its command line as .NET puts it together.</summary>
public sealed class WslWayTests
{
    private static readonly MachineAccess Tools = new()
    {
        Name = "tools",
        Distribution = "tools",
        User = "operator",
        SharedFolders = [new(@"C:\", "/mnt/c", ReadOnly: false), new(@"C:\Shared\recipes", "/srv/recipes", ReadOnly: false)],
        Interop = true,
        Env = ["PRESS_ID", "RECIPES/p"],
    };

    [Fact]
    public void Arguments_reach_the_program_unmodified() =>
        Of(["printf", "%s\n", @"a ""b"" $HOME `id` *", @"C:\dir\", "it's", "", "--help"], @"C:\Users\me").Arguments.Should().Equal(
            "-d", "tools", "-u", "operator", "--cd", "~", "--exec", "sh", "-c",
            @"cd -- /mnt/c/Users/me 2>/dev/null; exec printf '%s" + "\n" + @"' 'a ""b"" $HOME `id` *' 'C:\dir\' 'it'\''s' '' --help");

    [Theory]
    [InlineData(@"C:\Program Files\x", "cd -- '/mnt/c/Program Files/x' 2>/dev/null; exec pwd")]
    [InlineData(@"c:\shared\Recipes\new", "cd -- /srv/recipes/new 2>/dev/null; exec pwd")]
    [InlineData(@"\\wsl.localhost\tools\var\log", "cd -- /var/log 2>/dev/null; exec pwd")]
    [InlineData(@"Z:\not\mounted", "exec pwd")]
    [InlineData(@"\\server\share", "exec pwd")]
    public void It_starts_where_the_caller_is_if_the_guest_sees_that(string directory, string line) => Of(["pwd"], directory).Arguments[^1].Should().Be(line);

    [Theory]
    [InlineData("~", "exec pwd")]
    [InlineData("/opt/a \"b\"", "cd -- '/opt/a \"b\"' 2>/dev/null || { printf '%s\\n' 'edgeop: the guest has no folder /opt/a \"b\" that its user may enter' >&2; exit 126; }; exec pwd")]
    public void Or_where_it_is_told_to(string asked, string line) => Of(["pwd"], @"C:\", asked).Arguments[^1].Should().Be(line);

    [Fact]
    public void Without_a_program_it_is_the_login_shell_of_whoever_is_named()
    {
        var shell = WslExec.Of(new("tools", []) { User = "root", Directory = "~" }, Tools, @"C:\", _ => null);

        shell.Arguments.Should().Equal("-d", "tools", "-u", "root", "--cd", "~", "--exec", "sh", "-c", "exec \"${SHELL:-/bin/sh}\" -l");
        FluentActions.Invoking(() => WslExec.Of(new("tools", []) { User = "-e" }, Tools, @"C:\", _ => null)).Should().Throw<UserError>().WithMessage("*can't be the name of a user*");
    }

    [Theory]
    [InlineData(true, "TERM:PRESS_ID", "TERM:PRESS_ID:RECIPES/p")]
    [InlineData(true, null, "PRESS_ID:RECIPES/p")]
    [InlineData(false, "TERM", null)]
    public void Variables_are_shared_by_WSLENV_of_wsl_exe_itself(bool interop, string? before, string? expected) =>
        WslExec.Of(new("tools", ["env"]), Tools with { Interop = interop }, @"C:\", name => name == "WSLENV" ? before : "value")
            .Environment.Select(v => $"{v.Key}={v.Value ?? "none"}").Should().Equal($"WSLENV={expected ?? "none"}", "WSL_UTF8=1");

    private static GuestProcess Of(string[] command, string directory, string? asked = null) =>
        WslExec.Of(new("tools", [.. command]) { Directory = asked }, Tools, directory, _ => null);
}
