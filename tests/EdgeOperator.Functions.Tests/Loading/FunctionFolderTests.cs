using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Loading;
using EdgeOperator.Functions.Tests.App;

namespace EdgeOperator.Functions.Tests.Loading;

public sealed class FunctionFolderTests
{
    [Fact]
    public void A_function_is_read_with_all_that_its_bindings_say()
    {
        using var app = new AppFolder().With("One", """
            {
              "scriptFile": "../dist/one.js", "entryPoint": "run", "configurationSource": "config",
              "retry": { "strategy": "fixedDelay", "maxRetryCount": -1, "delayInterval": "00:00:03" },
              "bindings": [
                { "type": "queueTrigger", "name": "item", "direction": "in", "queueName": "%QUEUE%-in", "connection": "Store" },
                { "type": "queue", "name": "$return", "direction": "OUT", "queueName": "out-{id}" }, // trailing
              ],
            }
            """).Setting("queue", "orders").Setting("Store", "UseDevelopmentStorage=true");
        app.Write("dist/one.js", "");

        var function = app.Read().Functions.Should().ContainSingle().Subject;

        function.Name.Should().Be("One");
        function.ScriptFile.Should().Be(Path.Combine(app.Path, "dist/one.js"));
        function.EntryPoint.Should().Be("run");
        function.Retry.Should().Be(new RetryPolicy(-1, TimeSpan.FromSeconds(3), null));
        function.Trigger.Text("QUEUENAME").Should().Be("orders-in");
        function.Bindings[1].Should().BeEquivalentTo(new { Name = "$return", Direction = BindingDirection.Out });
        function.Bindings[1].Text("queueName").Should().Be("out-{id}");
    }

    [Theory]
    [InlineData("1st", """{ "bindings": [] }""", "\"1st\" is no name for a function*")]
    [InlineData("host", """{ "bindings": [] }""", "\"host\" is no name for a function*")]
    [InlineData("f", "{ }", "At least one binding must be declared")]
    [InlineData("f", """{ "bindings": [{ "type": "queue", "name": "q" }] }""", "No binding is a trigger*")]
    [InlineData("f", """{ "bindings": [{ "type": "timerTrigger", "name": "a" }, { "type": "queueTrigger", "name": "b" }] }""", "More than one binding is a trigger")]
    [InlineData("f", """{ "bindings": [{ "type": "timerTrigger", "name": "a" }, { "type": "queue", "name": "A" }] }""", "More than one binding is named a")]
    [InlineData("f", """{ "bindings": [{ "type": "timerTrigger", "name": "t", "schedule": "%WHEN%" }] }""", "%WHEN% names a setting that does not exist: add WHEN*")]
    [InlineData("f", """{ "bindings": [{ "name": "t" }] }""", "f/function.json: a binding has no type")]
    [InlineData("f", """{ "bindings": [{ "type": "timerTrigger", "name": "a b" }] }""", "f/function.json: \"a b\" is no name*")]
    [InlineData("f", """{ "bindings": [{ "type": "timerTrigger", "name": "t", "direction": "up" }] }""", "f/function.json: bindings.direction must be one of In, Out, InOut*")]
    [InlineData("f", """{ "bindings": {} }""", "f/function.json: bindings must be a list")]
    [InlineData("f", """{ "scriptFile": "none.js", "bindings": [] }""", "f/function.json: scriptFile names a file that does not exist: none.js")]
    [InlineData("f", """{ "configurationSource": "code", "bindings": [] }""", "f/function.json: configurationSource must be config or attributes*")]
    [InlineData("f", "nonsense", "f/function.json:1:* is no JSON*")]
    public void A_bad_function_is_told_of_and_the_others_load(string name, string json, string message)
    {
        using var app = new AppFolder().With("good").With(name, json);

        var read = app.Read();

        read.Functions.Select(f => f.Name).Should().Equal("good");
        read.Problems.Should().ContainSingle().Which.Function.Should().Be(name);
        read.Problems[0].Message.Should().Match(message);
    }

    [Theory]
    [InlineData("true", null, true)]
    [InlineData("false", null, false)]
    [InlineData("\"OFF_SWITCH\"", null, true)]
    [InlineData("\"OTHER_SWITCH\"", null, false)]
    [InlineData("false", "AzureWebJobs.f.Disabled", true)]
    [InlineData("false", "azurewebjobs.F.disabled", true)]
    [InlineData("false", "AzureWebJobs_f_Disabled", true)]
    [InlineData("false", "AzureWebJobs.g.Disabled", false)]
    public void A_function_can_be_disabled_by_its_file_or_a_setting(string disabled, string? setting, bool expected)
    {
        using var app = new AppFolder().With("f", $$"""{ "disabled": {{disabled}}, "bindings": [{ "type": "timerTrigger", "name": "t" }] }""");
        app.Setting("OFF_SWITCH", "1").Setting(setting ?? "x", "true");

        app.Read().Functions.Single().Disabled.Should().Be(expected);
    }

    [Theory]
    [InlineData("only.js", "only.js")]
    [InlineData("a.js,index.js", "index.js")]
    [InlineData("a.js,index.mjs", "index.mjs")]
    [InlineData("a.py,__init__.py", "__init__.py")]
    [InlineData("helper.ps1,Run.ps1", "Run.ps1")]
    [InlineData("a.js,b.js", null)]
    [InlineData("", null)]
    public void The_script_is_found_as_the_cloud_finds_it(string files, string? expected)
    {
        using var app = new AppFolder().With("f");
        foreach (var file in files.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            app.Write("f/" + file, "");
        }

        Path.GetFileName(app.Read().Functions.Single().ScriptFile).Should().Be(expected);
    }

    [Fact]
    public void Only_listed_functions_exist_and_one_that_is_missing_is_told_of()
    {
        using var app = new AppFolder("""{ "version": "2.0", "functions": ["A", "gone"], "customHandler": { "description": { "defaultExecutablePath": "x" } } }""")
            .With("a").With("b");

        var read = app.Read();

        read.Functions.Select(f => f.Name).Should().Equal("a");
        read.Problems.Should().ContainSingle().Which.Function.Should().Be("gone");
    }

    [Fact]
    public void What_a_worker_announces_takes_the_place_of_files_and_obeys_the_same_rules()
    {
        using var app = new AppFolder().With("file").Setting("AzureWebJobs.two.Disabled", "1");
        FunctionDefinition Announce(string name) => new(name, [new("t", "timerTrigger", BindingDirection.In, [])]) { Folder = app.Path };

        var read = AppReader.Announced(app.Read(), [Announce("one"), Announce("two"), Announce("ONE"), Announce("2bad")]);

        read.Functions.Select(f => (f.Name, f.Disabled)).Should().Equal(("one", false), ("two", true));
        read.Problems.Select(p => p.Function).Should().Equal("ONE", "2bad");
    }
}
