using System.Collections.Immutable;
using EdgeOperator.Functions.App;

namespace EdgeOperator.Functions.Tests.App;

public sealed class BindingSupportTests
{
    private static readonly Binding Timer = new("t", "timerTrigger", BindingDirection.In, []);

    [Theory]
    [InlineData("cosmosDBTrigger", BindingDirection.In, "The trigger x is of the type cosmosDBTrigger, which is not supported on the device; httpTrigger, *")]
    [InlineData("cosmosDB", BindingDirection.Out, "The output x is of the type cosmosDB, which is not supported on the device; http, queue*")]
    [InlineData("cosmosDB", BindingDirection.In, "The input x is of the type cosmosDB, which is not supported on the device*")]
    [InlineData("queue", BindingDirection.In, "The input x is of the type queue*")]
    [InlineData("queue", BindingDirection.InOut, "The input x is of the type queue*")]
    public void A_binding_that_a_device_does_not_have_is_refused_before_the_function_runs(string type, BindingDirection direction, string message)
    {
        var binding = new Binding("x", type, direction, []);
        var check = () => BindingReader.Check(binding.IsTrigger ? [binding] : [Timer, binding], ImmutableSortedDictionary<string, string>.Empty);

        check.Should().Throw<FormatException>().WithMessage(message);
    }

    [Fact]
    public void Only_the_function_concerned_is_refused_with_its_name()
    {
        var app = new FunctionApp { Name = "app", Folder = "/app", Host = new(), Settings = ImmutableSortedDictionary<string, string>.Empty, Worker = "node" };

        var read = AppReader.Announced(app,
        [
            new("good", [Timer, new("out", "QUEUE", BindingDirection.Out, [])]) { Folder = "/app" },
            new("bad", [Timer, new("out", "sendGrid", BindingDirection.Out, [])]) { Folder = "/app" },
        ]);

        read.Functions.Select(f => f.Name).Should().Equal("good");
        read.Problems.Should().ContainSingle().Which.Should().Match<FunctionProblem>(p => p.Function == "bad" && p.Message.Contains("sendGrid"));
    }
}
