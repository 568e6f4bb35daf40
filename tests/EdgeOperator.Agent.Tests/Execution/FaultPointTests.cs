using EdgeOperator.Agent.Execution;
using static EdgeOperator.Agent.Tests.Execution.TestSteps;

namespace EdgeOperator.Agent.Tests.Execution;

public sealed class FaultPointTests
{
    [Theory]
    [InlineData("kill-before:2", "before b")]
    [InlineData("kill-after:2", "after b")]
    [InlineData("kill-before:create network c", "before c")]
    [InlineData("kill-after:create network c", "after c")]
    [InlineData("kill-after:create", "after a")]
    public void It_kills_where_it_is_told_to(string variable, string expected)
    {
        var at = "";
        var killed = new List<string>();
        var fault = FaultPoint.Parse(variable, () => killed.Add(at))!;
        foreach (var name in (string[])["a", "b", "c"])
        {
            at = $"before {name}";
            fault.Before(Step(name));
            at = $"after {name}";
            fault.After(Step(name));
        }

        killed[0].Should().Be(expected);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Without_the_variable_there_is_no_fault_point(string? variable) =>
        FaultPoint.Parse(variable, () => { }).Should().BeNull();

    [Theory]
    [InlineData("kill")]
    [InlineData("kill-after:")]
    [InlineData("explode:3")]
    public void Anything_else_is_an_error_that_says_what_is_allowed(string variable)
    {
        var parse = () => FaultPoint.Parse(variable, () => { });

        parse.Should().Throw<FormatException>().WithMessage("EDGEOP_FAULT=*use kill-before:N*");
    }
}
