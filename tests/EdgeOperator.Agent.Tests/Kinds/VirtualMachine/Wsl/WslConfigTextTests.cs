using EdgeOperator.Agent.Kinds.VirtualMachine.Wsl;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Agent.Tests.Kinds.VirtualMachine.Wsl;

public sealed class WslConfigTextTests
{
    [Theory]
    [InlineData("", "[wsl2]\nmemory=2048MB\n")]
    [InlineData("[wsl2]\n", "[wsl2]\nmemory=2048MB\n")]
    [InlineData("[wsl2]\nmemory=1GB\n", "[wsl2]\nmemory=2048MB\n")]
    [InlineData("[wsl2]\nmemory=1GB", "[wsl2]\nmemory=2048MB")]
    [InlineData("[wsl2]\nmemory =  1GB   # not too much\n", "[wsl2]\nmemory =  2048MB   # not too much\n")]
    [InlineData("# mine\n[WSL2] # ours\nMemory=1GB\nswap=0\n\n[experimental]\nsparseVhd=true\n", "# mine\n[WSL2] # ours\nMemory=2048MB\nswap=0\n\n[experimental]\nsparseVhd=true\n")]
    [InlineData("[wsl2]\nswap=0\n\n[experimental]\nsparseVhd=true\n", "[wsl2]\nswap=0\nmemory=2048MB\n\n[experimental]\nsparseVhd=true\n")]
    [InlineData("[experimental]\nsparseVhd=true\n", "[experimental]\nsparseVhd=true\n\n[wsl2]\nmemory=2048MB\n")]
    [InlineData("[experimental]\nmemory=1GB", "[experimental]\nmemory=1GB\n\n[wsl2]\nmemory=2048MB\n")]
    [InlineData("[wsl2]\r\nswap=0\r\n", "[wsl2]\r\nswap=0\r\nmemory=2048MB\r\n")]
    [InlineData("[wsl2]\n#memory=1GB\n", "[wsl2]\n#memory=1GB\nmemory=2048MB\n")]
    [InlineData("[wsl2]\nmemory=1GB\nmemory=3GB\n", "[wsl2]\nmemory=2048MB\nmemory=3GB\n")]
    [InlineData("[wsl2]\nmemory=\"1 # GB\" # quoted\n", "[wsl2]\nmemory=2048MB # quoted\n")]
    [InlineData("[wsl2]\nkernelCommandLine=a \\\n  memory=1 \\\n  b\n", "[wsl2]\nkernelCommandLine=a \\\n  memory=1 \\\n  b\nmemory=2048MB\n")]
    [InlineData("[wsl2]\nmemory=1 \\\n  GB\nswap=0\n", "[wsl2]\nmemory=2048MB\nswap=0\n")]
    [InlineData("[wsl2]\nmemory=\n", "[wsl2]\nmemory=2048MB\n")]
    [InlineData("\ufeff[wsl2]\nmemory=1GB\n", "\ufeff[wsl2]\nmemory=2048MB\n")]
    [InlineData("[wsl2]\n?? no entry\nmemory=1GB\n", "[wsl2]\n?? no entry\nmemory=2048MB\n")]
    [InlineData("[wsl2]\nmemory=2048MB\n", "[wsl2]\nmemory=2048MB\n")]
    public void An_entry_is_set_and_all_else_stays(string before, string after)
    {
        var merged = WslConfigText.Merge(before, [new("wsl2.memory", "2048MB")]);

        merged.Should().Be(after);
        WslConfigText.Find(merged, "wsl2.memory").Should().Be("2048MB");
        WslConfigText.Merge(merged, [new("wsl2.memory", "2048MB")]).Should().Be(merged);
    }

    [Theory]
    [InlineData("[wsl2]\nmemory=1GB\nswap=0\n", "[wsl2]\nswap=0\n")]
    [InlineData("[wsl2]\nmemory=1GB\nMEMORY=2GB\n", "[wsl2]\n")]
    [InlineData("[other]\nmemory=1GB\n", "[other]\nmemory=1GB\n")]
    public void An_entry_is_taken_back(string before, string after) => WslConfigText.Merge(before, [new("wsl2.memory", null)]).Should().Be(after);

    [Theory]
    [InlineData(@"C:\temp\kernel", @"C:\\temp\\kernel")]
    [InlineData("a # b", "\"a # b\"")]
    [InlineData(" blanks ", "\" blanks \"")]
    [InlineData("say \"hi\"", "say \\\"hi\\\"")]
    [InlineData("two\nlines", "two\\nlines")]
    public void Values_are_written_so_that_they_are_read_again(string value, string written)
    {
        var text = WslConfigText.Merge("", [new("a.b", value)]);

        text.Should().Be($"[a]\nb={written}\n");
        WslConfigText.Find(text, "a.b").Should().Be(value);
    }

    [Fact]
    public void Whatever_is_there_the_entries_of_others_stay_and_ours_is_read_back() => Prop.ForAll(
        Gen.Elements("[a]\n", "[b]\r\n", "k=v\n", "x = \"y # z\" # c\n", "# c\n", "\n", "k=1 \\\n 2\n", "junk\n", " [a] \n", "k\n", "=\n").ArrayOf().Select(string.Concat).ToArbitrary(),
        Gen.Elements("1", "a b", "\\", "#", "\"", " ", "x\ty").ToArbitrary(),
        (text, value) =>
        {
            var merged = WslConfigText.Merge(text, [new("a.new", value)]);
            return WslConfigText.Find(merged, "a.new") == value
                && WslConfigText.Find(merged, "a.k") == WslConfigText.Find(text, "a.k")
                && WslConfigText.Find(merged, "b.x") == WslConfigText.Find(text, "b.x")
                && WslConfigText.Merge(merged, [new("a.new", null)]).StartsWith(text.TrimEnd(), StringComparison.Ordinal);
        }).QuickCheckThrowOnFailure();
}
