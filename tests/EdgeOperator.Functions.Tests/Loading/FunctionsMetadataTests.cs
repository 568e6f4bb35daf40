using System.Collections.Immutable;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Loading;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Loading;

public sealed class FunctionsMetadataTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_functions_that_a_build_listed_are_read()
    {
        _folder.Write("functions.metadata", """
            [ { "name": "hello", "scriptFile": "app.dll", "entryPoint": "App.Hello.Run", "language": "dotnet-isolated",
                "properties": { "IsCodeless": false }, "retry": { "strategy": "fixedDelay", "maxRetryCount": 2, "delayInterval": "00:00:05" },
                "bindings": [ { "name": "timer", "direction": "In", "type": "timerTrigger", "schedule": "0 * * * * *", "properties": {} } ] } ]
            """);

        var function = Read()!.Value.Should().ContainSingle().Subject;

        function.Should().Match<FunctionDefinition>(f => f.Name == "hello" && f.ScriptFile == "app.dll" && f.EntryPoint == "App.Hello.Run");
        function.Trigger.Text("schedule").Should().Be("0 * * * * *");
        function.Retry.Should().Be(new RetryPolicy(2, TimeSpan.FromSeconds(5), null));
    }

    [Fact]
    public void Where_there_is_no_list_there_is_none() => Read().Should().BeNull();

    [Theory]
    [InlineData("{}", "functions.metadata must be a list of functions")]
    [InlineData("[ 1 ]", "functions.metadata: function 1 is not an object")]
    [InlineData("[ {} ]", "functions.metadata: a function has no name")]
    [InlineData("[", "functions.metadata:1:2 is no JSON*")]
    [InlineData("""[ { "name": "f", "bindings": [ { "name": "b" } ] } ]""", "functions.metadata: f: a binding has no type")]
    public void What_is_wrong_in_it_is_said(string content, string message)
    {
        _folder.Write("functions.metadata", content);
        var read = Read;

        read.Should().Throw<AppException>().WithMessage(message);
    }

    private ImmutableArray<FunctionDefinition>? Read() => FunctionsMetadata.Read(
        new() { Name = "app", Folder = _folder, Host = new(), Settings = ImmutableSortedDictionary<string, string>.Empty, Worker = "dotnet-isolated" });
}
