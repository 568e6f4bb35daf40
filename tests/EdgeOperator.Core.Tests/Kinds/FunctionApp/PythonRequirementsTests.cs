using EdgeOperator.Core.Kinds.FunctionApp;

namespace EdgeOperator.Core.Tests.Kinds.FunctionApp;

public class PythonRequirementsTests
{
    [Theory]
    [InlineData("azure-functions")]
    [InlineData("requests[socks]>=2.8.1,<3 ; python_version < \"3.12\"  # comment")]
    [InlineData("numpy==1.26 --hash=sha256:abc \\\n    --hash=sha256:def")]
    [InlineData("tool @ https://example.org/tool-1.0-py3-none-any.whl#sha256=abc")]
    [InlineData("https://example.org/tool-1.0-py3-none-any.whl")]
    [InlineData("./wheels/tool-1.0-py3-none-any.whl")]
    [InlineData("--index-url=https://pypi.example.org/simple\n--extra-index-url https://b.example.org\n-f wheels\n--pre\nx")]
    [InlineData("\uFEFFx\r\n\r\n")]
    public void What_comes_as_a_wheel_is_installed(string text) =>
        PythonRequirements.Read("requirements.txt", text).Should().Match<PythonRequirements>(r => r.AreNamed && r.Problem == null);

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n\n   # more")]
    [InlineData("--pre\n-c constraints.txt")]
    public void Without_a_package_nothing_is_named(string text) => PythonRequirements.Read("requirements.txt", text).AreNamed.Should().BeFalse();

    [Theory]
    [InlineData("-e .")]
    [InlineData("--editable ./tool")]
    [InlineData("-e./tool")]
    [InlineData("--no-binary :all:")]
    [InlineData("--no-binary=tool")]
    [InlineData("--no-bin :all:")]
    [InlineData("--only-binary :none:")]
    [InlineData("--pre --no-binary :all:")]
    [InlineData("-r a.txt -e .")]
    [InlineData("--use-feature=x")]
    [InlineData("./tool")]
    [InlineData(".")]
    [InlineData("tool/")]
    [InlineData("tool-1.0.tar.gz")]
    [InlineData("git+https://example.org/tool.git")]
    [InlineData("git+https://example.org/tool.whl")]
    [InlineData("tool @ git+ssh://git@example.org/tool.git@main")]
    [InlineData("tool@https://example.org/tool-1.0.tar.gz")]
    [InlineData("https://example.org/tool-1.0.zip#egg=tool.whl")]
    [InlineData("file:///srv/tool")]
    [InlineData("git\\\n+https://example.org/tool.git")]
    public void What_would_run_a_package_s_code_is_a_problem_with_its_place(string line) =>
        PythonRequirements.Read("req/base.txt", $"fine\n{line}\nfine").Problem.Should().StartWith("req/base.txt:2:1: ");

    [Fact]
    public void Other_files_are_found_however_they_are_named() =>
        PythonRequirements.Read("requirements.txt", "-r a.txt\n-rb.txt\n--requirement=c.txt\n-c d.txt\n--constraint 'e f.txt'").Included
            .Should().Equal("a.txt", "b.txt", "c.txt", "d.txt", "e f.txt");
}
