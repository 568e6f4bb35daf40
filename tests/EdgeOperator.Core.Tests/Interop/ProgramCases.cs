using System.Collections.Immutable;
using EdgeOperator.Core.Interop;

namespace EdgeOperator.Core.Tests.Interop;

public sealed class ProgramCases
{
    private static readonly ImmutableSortedDictionary<string, string> Allowed = CaseFile.Lines("programs.txt")
        .Where(line => line.StartsWith("allow ", StringComparison.Ordinal))
        .Select(line => CaseFile.Arrow(line["allow ".Length..]))
        .ToImmutableSortedDictionary(program => program.Left, program => program.Right, StringComparer.Ordinal);

    public static TheoryData<string> All => new(CaseFile.Lines("programs.txt").Where(line => !line.StartsWith("allow ", StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(All))]
    public void A_name_finds_the_program_that_the_case_expects(string line)
    {
        var (called, expected) = CaseFile.Arrow(line);

        (HostPrograms.Find(called, Allowed)?.Path).Should().Be(expected == "none" ? null : expected);
    }

    [Fact]
    public void Case_matters_whatever_the_list_thinks() =>
        HostPrograms.Find("UNAME.exe", Allowed.WithComparers(StringComparer.OrdinalIgnoreCase)).Should().BeNull();

    [Fact]
    public void Each_name_that_the_guest_is_shown_can_be_called()
    {
        HostPrograms.NamesInGuest(Allowed).Should().BeEquivalentTo("uname", "uname.exe", "notepad.exe", "PING.EXE", "deploy.sh", "tool", "tool.exe");
        HostPrograms.NamesInGuest(Allowed).Should().OnlyContain(name => HostPrograms.Find(name, Allowed) != null);
    }
}
