using System.Diagnostics;
using System.Text;
using EdgeOperator.Core.Interop;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Core.Tests.Interop;

/// <summary>Lines that the guest's shell is given, run by this machine's.</summary>
public sealed class GuestCommandTests
{
    private static readonly KeyValuePair<string, string>[] None = [];

    [Fact]
    public void Arguments_arrive_as_they_were_given()
    {
        string[] hostile = ["", " ", "a b", "'", "''", "\"", "\\", "\\'", "$HOME", "`id`", "$(id)", "*", "~", "-n", "--", "a\nb", "\n", "\t", "한국어 é", "😀", "!", "a=b", "#", ";", "&&"];

        Run(GuestCommand.Line("/", None, ["printf", "%s\\0", .. hostile])).Should().Be(string.Concat(hostile.Select(word => word + '\0')));
    }

    [Fact]
    public void Any_arguments_arrive_as_they_were_given() => Prop.ForAll<string[]>(given =>
    {
        // What is no text has no bytes.
        var words = ShellWordsTests.Clean(given).Select(word => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(word))).ToArray();
        return Run(GuestCommand.Line(null, None, ["sh", "-c", "for word do printf '%s\\0' \"$word\"; done", "sh", .. words]))
            == string.Concat(words.Select(word => word + '\0'));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    [Theory]
    [InlineData("/usr/bin", "/usr/bin")]
    [InlineData("/nowhere'; echo no; '", "/tmp")]
    public void It_runs_in_the_directory_or_else_stays_at_home(string directory, string expected) =>
        Run(GuestCommand.Line(directory, None, ["pwd"])).Should().Be(expected + "\n");

    [Fact]
    public void Variables_are_set_whatever_they_are_called()
    {
        KeyValuePair<string, string>[] variables = [new("A", "1"), new("B", "two words; $x '"), new("ProgramFiles(x86)", @"C:\Program Files"), new("A", "2")];

        Run(GuestCommand.Line(null, variables, ["env"])).Split('\n').Should().Contain(["A=2", "B=two words; $x '", @"ProgramFiles(x86)=C:\Program Files"]);
    }

    [Fact]
    public void A_directory_that_must_be_entered_and_can_not_be_ends_it() =>
        Run(GuestCommand.Line("/nowhere'", None, ["echo", "ran"], mustEnter: true), 126).Should().BeEmpty();

    [Fact]
    public void Variables_that_are_passed_beside_the_line_do_not_stand_in_it()
    {
        KeyValuePair<string, string>[] variables = [new("A", "a 'secret'"), new("ProgramFiles(x86)", "another secret")];

        var line = GuestCommand.Line(null, [new("B", "b")], ["env"], isPassed: true);
        line.Should().NotContain("secret");
        var passed = $"export {GuestCommand.PassedName}={ShellWords.Quote(GuestCommand.Passed(variables))}; ";
        Run(passed + line).Split('\n').Should().Contain(["A=a 'secret'", "ProgramFiles(x86)=another secret", "B=b"]).And.NotContain(l => l.StartsWith(GuestCommand.PassedName));
        Run(passed + GuestCommand.Line(null, None, ["-no-such"], isPassed: true), 127);
    }

    [Fact]
    public void A_line_whose_variables_did_not_arrive_ends_with_126() => Run(GuestCommand.Line(null, None, ["echo", "ran"], isPassed: true), 126).Should().BeEmpty();

    [Theory]
    [InlineData("")]
    [InlineData("A=B")]
    public void A_name_that_no_variable_can_have_is_refused(string name) =>
        FluentActions.Invoking(() => GuestCommand.Line(null, [new(name, "")], ["env"])).Should().Throw<ArgumentException>();

    [Fact]
    public void The_program_takes_the_shell_s_place() =>
        Run($"echo $$; {GuestCommand.Line("/", [new("A", "b")], ["sh", "-c", "echo $$"])}").Split('\n').Take(2).Distinct().Should().HaveCount(1);

    [Fact]
    public void A_program_that_begins_with_a_dash_or_looks_like_an_assignment_is_looked_for()
    {
        Run(GuestCommand.Line(null, None, ["-no-such"]), 127);
        Run(GuestCommand.Line(null, None, ["A=b"]), 127);
        Run(GuestCommand.Line(null, None, ["if"]), 127);
    }

    [Fact]
    public void Without_a_command_it_is_the_user_s_shell() =>
        GuestCommand.Line("/data", None, []).Should().Be("cd -- /data 2>/dev/null; exec \"${SHELL:-/bin/sh}\" -l");

    private static string Run(string line, int exitCode = 0)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", line]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/tmp" };
        using var shell = Process.Start(start)!;
        var errors = shell.StandardError.ReadToEndAsync();
        var output = new MemoryStream();
        shell.StandardOutput.BaseStream.CopyTo(output);
        shell.WaitForExit();
        shell.ExitCode.Should().Be(exitCode, errors.Result);
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
