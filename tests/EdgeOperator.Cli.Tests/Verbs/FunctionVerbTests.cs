using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Cli.Tests.Verbs;

public sealed class FunctionVerbTests : AgainstAnAgent
{
    private const string Functions = """
        [
          {"name": "pay", "trigger": "httpTrigger", "disabled": false, "url": "http://127.0.0.1:7071/api/pay", "invocations": 3, "failures": 1, "lastInvocation": "2026-07-01T11:59:00Z"},
          {"name": "night", "trigger": "timerTrigger", "disabled": true, "invocations": 0, "failures": 0}
        ]
        """;

    private readonly List<string> _asked = [];

    [Fact]
    public async Task The_functions_of_every_app_are_listed()
    {
        Answer("GET /functions", Functions);

        (await RunAsync("function", "list")).Should().Be(new Run(0, """
            APP     FUNCTION  TRIGGER       STATE     CALLS  FAILURES  LAST                  URL
            orders  pay       httpTrigger   ready     3      1         2026-07-01T11:59:00Z  http://127.0.0.1:7071/api/pay
            orders  night     timerTrigger  disabled  0      0         -                     -

            """, ""));
        JsonNode.Parse((await RunAsync("function", "list", "orders", "-o", "json")).Out)!["orders"]!.AsArray().Should().HaveCount(2);
    }

    [Fact]
    public async Task A_function_is_called_and_its_output_stands_alone()
    {
        Answer("POST /functions/pay", """{"invocationId": "1", "output": "paid", "logs": ["paying"], "milliseconds": 4}""");

        (await RunAsync("function", "call", "orders/pay", "--data", "7 EUR")).Should().Be(new Run(0, "paid\n", "paying\n"));
        _asked.Should().Equal("orders: POST /functions/pay {\"input\":\"7 EUR\"}");
    }

    [Fact]
    public async Task Input_may_come_from_a_file()
    {
        Answer("POST /functions/pay", """{"invocationId": "1", "logs": [], "milliseconds": 4}""");
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "from a file");

        await RunAsync("function", "call", "FunctionApp/orders/pay", "-d", "@" + file);
        File.Delete(file);

        _asked.Single().Should().EndWith("{\"input\":\"from a file\"}");
        (await RunAsync("function", "call", "orders/pay", "-d", "@/nowhere")).ExitCode.Should().Be(3);
    }

    [Fact]
    public async Task A_call_that_fails_exits_with_1()
    {
        Answer("POST /functions/pay", """{"invocationId": "1", "error": "no money", "logs": [], "milliseconds": 4}""");

        (await RunAsync("function", "call", "orders/pay")).Should().Be(new Run(1, "", "error: orders/pay failed after 4 ms: no money\n"));
        (await RunAsync("function", "call", "orders/pay", "-o", "json")).ExitCode.Should().Be(1);
    }

    [Fact]
    public async Task What_the_host_refuses_is_told_in_its_words()
    {
        Answer("POST /functions/pay", "there is no function \"pay\": the app has none\n", HttpStatusCode.NotFound);

        (await RunAsync("function", "call", "orders/pay")).Should().Be(new Run(1, "", "error: there is no function \"pay\": the app has none\n"));
    }

    [Fact]
    public async Task A_log_may_be_one_functions()
    {
        Answer("GET /logs", "line\n");

        (await RunAsync("function", "logs", "orders/pay", "--tail", "5")).Out.Should().Be("line\n");
        (await RunAsync("function", "logs", "orders")).Out.Should().Be("line\n");
        _asked.Should().Equal("orders: GET /logs?tail=5&function=pay ", "orders: GET /logs ");
    }

    [Fact]
    public async Task Keys_are_listed_made_and_deleted_and_a_value_is_printed_alone()
    {
        Answer("GET /keys", """[{"scope": "host", "name": "default"}]""");
        Answer("PUT /keys/host/till", """{"scope": "host", "name": "till", "value": "v4lue"}""", HttpStatusCode.Created);
        Answer("DELETE /keys/host/default", "", HttpStatusCode.NoContent);

        (await RunAsync("function", "keys", "list", "orders")).Out.Should().Be("SCOPE  NAME\nhost   default\n");
        (await RunAsync("function", "keys", "create", "orders", "host", "till")).Out.Should().Be("v4lue\n");
        (await RunAsync("function", "keys", "create", "orders", "host", "default")).Error.Should().Contain("has a key default (host) already");
        (await RunAsync("function", "keys", "rotate", "orders", "host", "till")).Error.Should().Contain("has no key till (host)");
        (await RunAsync("function", "keys", "delete", "orders", "host", "default")).Should().Be(new Run(0, "", ""));
    }

    [Fact]
    public async Task The_master_key_is_rotated_without_a_name()
    {
        Answer("PUT /keys/master/master", """{"scope": "master", "name": "master", "value": "new"}""");

        (await RunAsync("function", "keys", "rotate", "orders", "master")).Out.Should().Be("new\n");
    }

    [Theory]
    [InlineData("function", "error: ")]
    [InlineData("function call orders", "error: \"orders\" is no function: write it as APP/FUNCTION")]
    [InlineData("function cal", "error: unknown verb \"cal\": did you mean \"call\"?")]
    [InlineData("function keys", "error: ")]
    public async Task A_command_that_is_not_whole_is_explained(string line, string error)
    {
        var run = await RunAsync(line.Split(' '));

        run.ExitCode.Should().Be(3);
        run.Error.Should().StartWith(error);
    }

    private void Answer(string request, string body, HttpStatusCode status = HttpStatusCode.OK)
    {
        Agent.Status = Agent.Status with { Resources = [new() { Kind = KindNames.FunctionApp, Name = "orders", State = "serving" }] };
        var others = Agent.Host;
        Agent.Host = async (app, asked) =>
        {
            var path = asked.RequestUri!.ToString();
            if ($"{asked.Method} {path.Split('?')[0]}" != request)
                return await others(app, asked);
            _asked.Add($"{app}: {asked.Method} {path} {(asked.Content is null ? "" : await asked.Content.ReadAsStringAsync())}");
            return new(status) { Content = new StringContent(body, Encoding.UTF8, body.StartsWith('{') || body.StartsWith('[') ? "application/json" : "text/plain") };
        };
    }
}
