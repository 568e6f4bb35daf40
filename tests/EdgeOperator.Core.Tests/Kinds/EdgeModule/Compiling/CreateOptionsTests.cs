using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds.EdgeModule.Compiling;

namespace EdgeOperator.Core.Tests.Kinds.EdgeModule.Compiling;

public sealed class CreateOptionsTests
{
    [Fact]
    public void Everything_reaches_the_engine_also_what_nobody_knows()
    {
        var body = Compiling.With("""
            {
              "Hostname": "sensor", "Cmd": ["sh", "-c", "sleep 1"], "Entrypoint": "/run", "Tty": true, "StopTimeout": 3,
              "Labels": {"site": "oslo"}, "Env": ["A=1", "B"], "FutureField": {"x": [1, 2.5, null, false]},
              "HostConfig": {"Privileged": true, "Memory": 67108864, "FutureHostField": "y", "Sysctls": {"net.core.somaxconn": "1024"}},
              "NetworkingConfig": {"EndpointsConfig": {"host": {}}}
            }
            """).Body;

        body.ToJsonString().Should().Be(Json("""
            {
              "Cmd": ["sh", "-c", "sleep 1"], "Entrypoint": "/run", "Env": ["A=1", "B"], "FutureField": {"x": [1, 2.5, null, false]},
              "HostConfig": {"FutureHostField": "y", "Memory": 67108864, "Privileged": true,
                             "RestartPolicy": {"Name": "unless-stopped"}, "Sysctls": {"net.core.somaxconn": "1024"}},
              "Hostname": "sensor", "Image": "busybox:1", "Labels": {"site": "oslo"},
              "NetworkingConfig": {"EndpointsConfig": {"host": {}}}, "StopTimeout": 3, "Tty": true
            }
            """));
    }

    [Fact]
    public void A_text_of_JSON_means_the_same_as_a_mapping()
    {
        const string options = """{"HostConfig": {"Binds": ["/dev/shm:/shm"]}, "User": "1000"}""";
        Compiling.With(Compiling.Quoted(options)).Container!.Hash.Should().Be(Compiling.With(options).Container!.Hash);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("\"\"")]
    [InlineData("\" \"")]
    [InlineData("\"null\"")]
    [InlineData("\"{}\"")]
    public void No_options_can_be_said_in_many_ways(string nothing) =>
        Compiling.With(nothing).Container!.Hash.Should().Be(Compiling.Spec("{}").Container!.Hash);

    [Fact]
    public void Field_names_become_the_engine_s_own_spelling_and_names_that_the_user_chose_stay()
    {
        var body = Compiling.With("""{"hostconfig": {"BINDS": ["data:/data"], "logConfig": {"type": "local"}}, "labels": {"Site": "Oslo"}}""").Body;

        body["HostConfig"]!["Binds"]![0]!.GetValue<string>().Should().Be("data:/data");
        body["HostConfig"]!["LogConfig"]!["Type"]!.GetValue<string>().Should().Be("local");
        body["Labels"]!["Site"]!.GetValue<string>().Should().Be("Oslo");
    }

    [Fact]
    public void A_field_in_two_spellings_is_a_problem() =>
        Compiling.With("""{"HostConfig": {}, "hostConfig": {}}""").Complaints.Should()
            .Contain("HostConfig stands twice").And.Contain("app.json:1:38");

    [Fact]
    public void A_field_that_is_nearly_a_known_one_is_passed_on_with_a_warning()
    {
        var compiled = Compiling.With("""{"HostConfig": {"Privilegd": true, "Entirely": "else"}}""");

        compiled.Body["HostConfig"]!["Privilegd"]!.GetValue<bool>().Should().BeTrue();
        compiled.Problems.Warnings.Should().ContainSingle().Which.ToString().Should()
            .Contain("`Privilegd` is not known in createOptions.HostConfig").And.Contain("did you mean `Privileged`?").And.Contain("app.json:1:35");
    }

    [Fact]
    public void A_text_that_is_not_JSON_is_a_problem_that_names_the_place_in_the_text() =>
        Compiling.With(Compiling.Quoted("{\"HostConfig\": oops}")).Complaints.Should()
            .Contain("createOptions:1:16").And.Contain("app.json:1:19").And.Contain("not valid JSON");

    [Fact]
    public void Another_type_than_a_mapping_is_a_problem() =>
        Compiling.With("[1]").Complaints.Should().Contain("createOptions must be a mapping or a string of JSON, not a list").And.Contain("app.json:1:19");

    [Theory]
    [InlineData("${vars.OPTIONS}")]
    [InlineData("{\"HostConfig\": {\"Memory\": ${vars.MEMORY}}}")]
    [InlineData("{\"HostConfig\": {\"Privileged\": \"${vars.PRIVILEGED}\", \"PortBindings\": {\"${vars.PORT}/tcp\": []}}}")]
    public void What_hangs_on_an_unknown_variable_may_become_right(string text)
    {
        var problems = new EdgeOperator.Core.Manifests.ProblemCollector();
        CreateOptions.Read(new EdgeOperator.Core.Manifests.Nodes.ScalarNode(
            new("app.yaml", 3, 5), text, EdgeOperator.Core.Manifests.Nodes.ScalarKind.Placeholder, isPlain: false), convert: false, problems);
        problems.Problems.Should().BeEmpty();
    }

    private static string Json(string text) => CanonicalJson.Write(JsonNode.Parse(text));
}
