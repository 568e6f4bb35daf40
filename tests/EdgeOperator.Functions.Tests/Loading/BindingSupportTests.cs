using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Loading;

namespace EdgeOperator.Functions.Tests.Loading;

public sealed class BindingSupportTests
{
    private static readonly Binding Timer = new("t", "timerTrigger", BindingDirection.In, []);
    private static readonly Binding Queue = new("q", "queueTrigger", BindingDirection.In, new JsonObject { ["queueName"] = "orders" });

    [Theory]
    [InlineData("cosmosDBTrigger", BindingDirection.In, "The trigger x is of the type cosmosDBTrigger, which is not supported on the device; httpTrigger, *")]
    [InlineData("cosmosDB", BindingDirection.Out, "The output x is of the type cosmosDB, which is not supported on the device; http, queue, blob, table are")]
    [InlineData("cosmosDB", BindingDirection.In, "The input x is of the type cosmosDB, which is not supported on the device; blob, table are")]
    [InlineData("queue", BindingDirection.In, "The input x is of the type queue*")]
    [InlineData("queue", BindingDirection.InOut, "The binding with the direction inout x is of the type queue*")]
    [InlineData("blob", BindingDirection.InOut, "The binding with the direction inout x is of the type blob, which is not supported on the device")]
    public void A_binding_that_a_device_does_not_have_is_refused_before_the_function_runs(string type, BindingDirection direction, string message)
    {
        var binding = new Binding("x", type, direction, []);
        var check = () => BindingReader.Check(binding.IsTrigger ? [binding] : [Timer, binding], ImmutableSortedDictionary<string, string>.Empty);

        check.Should().Throw<FormatException>().WithMessage(message);
    }

    [Theory]
    [InlineData("queue", BindingDirection.Out, null, null, "The binding x has no queueName")]
    [InlineData("queue", BindingDirection.Out, "Not A Queue", null, "The binding x names the queue \"Not A Queue\"; a name has*")]
    [InlineData("queue", BindingDirection.Out, "orders", "Elsewhere", "*names the connection Elsewhere*no such setting*")]
    [InlineData("blob", BindingDirection.Out, null, null, "The binding x has no path")]
    [InlineData("blob", BindingDirection.Out, "Upper/{name}", null, "\"Upper\" is not a valid container name*")]
    [InlineData("blob", BindingDirection.Out, "container", null, "*is not the path of a blob; a path is container/name")]
    [InlineData("blob", BindingDirection.In, "files/../x", null, "*no segment of it is . or ..")]
    [InlineData("blob", BindingDirection.In, "files/{name}", "Elsewhere", "*names the connection Elsewhere*no such setting*")]
    [InlineData("blob", BindingDirection.In, "files/{name}", "Broken", "The connection string of the storage account*AccountKey*")]
    [InlineData("queue", BindingDirection.Out, "orders", "Broken", "The connection string of the storage account can't be used for queues*AccountKey*")]
    public void A_binding_that_could_never_work_is_refused_before_the_function_runs(string type, BindingDirection direction, string? place, string? connection, string message)
    {
        var binding = new Binding("x", type, direction, new JsonObject { [type == "blob" ? "path" : "queueName"] = place, ["connection"] = connection });
        var check = () => BindingReader.Check([Timer, binding], ImmutableSortedDictionary<string, string>.Empty.Add("Broken", "AccountName=shop"));

        check.Should().Throw<FormatException>().WithMessage(message);
    }

    [Theory]
    [InlineData("queue", BindingDirection.Out, "{name}")]
    [InlineData("blob", BindingDirection.Out, "{container}/{rand-guid}.json")]
    [InlineData("blob", BindingDirection.In, "files/{queueTrigger}")]
    [InlineData("blob", BindingDirection.In, "$web/index.html")]
    public void What_a_trigger_decides_is_not_judged_before(string type, BindingDirection direction, string place)
    {
        var binding = new Binding("x", type, direction, new JsonObject { [type == "blob" ? "path" : "queueName"] = place });

        BindingReader.Check([Queue, binding], ImmutableSortedDictionary<string, string>.Empty).Should().HaveCount(2);
    }

    [Theory]
    [InlineData("timerTrigger", null, "files/{name}.txt", "*{name}*timerTrigger does not know*")]
    [InlineData("blobTrigger", "incoming/{name}", "files/{nmae}.txt", "*{nmae}*blobTrigger does not know; it knows name, *")]
    [InlineData("blobTrigger", "incoming/{name}", "files/{name}-{datetime:yyyy}-{rand-guid}-{sys.randguid}-{Properties.ETag}", null)]
    [InlineData("timerTrigger", null, "files/{DateTime}-{isPastDue}", null)]
    public void What_a_trigger_can_never_know_is_refused_before_the_function_runs(string type, string? watched, string place, string? message)
    {
        var trigger = new Binding("t", type, BindingDirection.In, new JsonObject { ["path"] = watched });
        var output = new Binding("x", "blob", BindingDirection.Out, new JsonObject { ["path"] = place });
        var check = () => BindingReader.Check([trigger, output], ImmutableSortedDictionary<string, string>.Empty);

        if (message is null)
            check.Should().NotThrow();
        else
            check.Should().Throw<FormatException>().WithMessage(message);
    }

    [Theory]
    [InlineData("queueTrigger", "queueName", null, null, "The binding t has no queueName")]
    [InlineData("queueTrigger", "queueName", "orders", "Broken", "*can't be used for queues*AccountKey*")]
    [InlineData("queueTrigger", "queueName", "orders", "Elsewhere", "*names the connection Elsewhere*")]
    [InlineData("blobTrigger", "path", null, null, "The binding t has no path")]
    [InlineData("blobTrigger", "path", "incoming/{name}{name}", null, "*twice")]
    [InlineData("blobTrigger", "path", "incoming/{name}", "Broken", "*AccountKey*")]
    public void A_trigger_that_could_never_work_is_refused_when_the_app_is_loaded(string type, string property, string? place, string? connection, string message)
    {
        var trigger = new Binding("t", type, BindingDirection.In, new JsonObject { [property] = place, ["connection"] = connection });
        var check = () => BindingReader.Check([trigger], ImmutableSortedDictionary<string, string>.Empty.Add("Broken", "AccountName=shop"));

        check.Should().Throw<FormatException>().WithMessage(message);
    }

    [Fact]
    public void Only_the_function_concerned_is_refused_with_its_name()
    {
        var app = new FunctionApp { Name = "app", Folder = "/app", Host = new(), Settings = ImmutableSortedDictionary<string, string>.Empty, Worker = "node" };

        var read = AppReader.Announced(app,
        [
            new("good", [Timer, new("out", "QUEUE", BindingDirection.Out, new JsonObject { ["queueName"] = "done" })]) { Folder = "/app" },
            new("bad", [Timer, new("out", "sendGrid", BindingDirection.Out, [])]) { Folder = "/app" },
        ]);

        read.Functions.Select(f => f.Name).Should().Equal("good");
        read.Problems.Should().ContainSingle().Which.Should().Match<FunctionProblem>(p => p.Function == "bad" && p.Message.Contains("sendGrid"));
    }
}
