using System.Diagnostics;

namespace EdgeOperator.Cli.Tests.Completion;

/// <summary>The script in a real bash, with the real program.</summary>
public sealed class BashTests : AgainstAnAgent
{
    [Theory]
    [InlineData("edgeop sta", "status")]
    [InlineData("edgeop get EdgeModule ", "sensor web")]
    [InlineData("edgeop logs EdgeModule/w", "EdgeModule/web")]
    [InlineData("edgeop events --fo", "--follow")]
    [InlineData("edgeop status -o ", "json table wide yaml")]
    public async Task Tab_offers_verbs_options_and_what_is_on_the_device(string line, string offers) =>
        (await CompleteAsync(line)).Should().BeEquivalentTo(offers.Split(' '));

    [Fact]
    public async Task A_path_is_left_to_bash() => (await CompleteAsync("edgeop validate /et")).Should().Equal("compopt -o default");

    [Fact]
    public async Task The_script_registers_itself() => (await BashAsync("complete -p edgeop")).Should().Be("complete -F _edgeop edgeop\n");

    [Fact]
    public async Task Every_script_is_there()
    {
        foreach (var shell in (string[])["bash", "zsh", "fish", "pwsh"])
            (await Edgeop.RunAsync("completion", shell)).Out.Should().Contain(" complete ", because: shell).And.Contain(":files");

        (await Edgeop.RunAsync("completion", "tcsh")).Should().Be(new Run(3, "", "error: SHELL can't be \"tcsh\": give one of bash, zsh, fish, pwsh\n"));
    }

    /// <summary>Does what bash does when Tab is pressed at the end of the line.</summary>
    private async Task<string[]> CompleteAsync(string line)
    {
        var output = await BashAsync($$"""
            compopt() { echo "compopt $*"; }
            COMP_LINE='{{line}}' COMP_POINT={{line.Length}}
            read -ra COMP_WORDS <<< "$COMP_LINE"
            [[ $COMP_LINE == *' ' ]] && COMP_WORDS+=('')
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _edgeop
            [[ ${#COMPREPLY[@]} -gt 0 ]] && printf '%s\n' "${COMPREPLY[@]}"
            """);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private async Task<string> BashAsync(string script)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "edgeop.dll");
        using var bash = Process.Start(new ProcessStartInfo("bash", "-s") { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await bash.StandardInput.WriteAsync($$"""
            edgeop() {
                if [[ $1 == complete ]]; then
                    local point=$2 line=$3 socket=' --socket {{Served.Socket}}'
                    dotnet '{{program}}' complete $((point + ${#socket})) "edgeop$socket${line#edgeop}"
                else
                    dotnet '{{program}}' "$@"
                fi
            }
            . <(edgeop completion bash)
            {{script}}
            """);
        bash.StandardInput.Close();
        var output = await bash.StandardOutput.ReadToEndAsync();
        await bash.WaitForExitAsync();
        return output;
    }
}
