using System.Collections.Immutable;
using EdgeOperator.Cli.Machines.Windows;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Tests.Machines;

/// <summary>How ssh.exe is called for EFLOW's machine, word for word.</summary>
public sealed class SshWayTests
{
    private static readonly MachineAccess Eflow = new()
    {
        Name = "eflow",
        SshConfig = @"C:\state\vms\eflow\config",
        SignIn = "iotedge-user",
        User = "iotedge-user",
        SharedFolders = [new(@"C:\Shared\recipes", "/mnt/recipes", ReadOnly: false)],
        Interop = true,
        Env = ["PRESS_ID", "RECIPE/p"],
    };

    [Fact]
    public void The_line_is_that_of_other_guests_with_Windows_paths() =>
        Of("iotedge-user", hasTerminal: true).Should().Equal(
            "-F", @"C:\state\vms\eflow\config", "-t", "guest",
            "trap : HUP INT QUIT; exec 9>&2 2>/dev/null; ( exec 2>&9 9>&-; "
            + @"cd -- /mnt/recipes/new 2>/dev/null; export WSLENV=PRESS_ID:RECIPE/p; export PRESS_ID='a b'; export RECIPE=/mnt/recipes/x; export EDGEOP_STARTED_IN='C:\Shared\Recipes\new'; export EDGEOP_SESSION=s1; "
            + @"exec cat 'it'\''s' ); exit $?");

    [Fact]
    public void Others_are_reached_by_sudo()
    {
        var line = Of("root", hasTerminal: false);

        line[2].Should().Be("-T");
        line[^1].Should().StartWith("exec sudo -n -H -u root -- sh -c 'cd; trap : HUP INT QUIT;").And.EndWith(@"exec cat '\''it'\''\'\'''\''s'\'' ); exit $?'");
    }

    private static ImmutableArray<string> Of(string user, bool hasTerminal) => EflowExec.Of(
        new("eflow", ["cat", "it's"]) { User = user }, Eflow, "s1", @"C:\Shared\Recipes\new", name => name switch
        {
            "PRESS_ID" => "a b",
            "RECIPE" => @"C:\Shared\recipes\x",
            _ => null,
        },
        hasTerminal).Arguments;
}
