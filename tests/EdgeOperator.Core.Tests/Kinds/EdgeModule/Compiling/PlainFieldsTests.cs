using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Tests.Kinds.EdgeModule.Compiling;

public sealed class PlainFieldsTests
{
    [Fact]
    public void Each_plain_field_becomes_the_engine_s_field()
    {
        var body = Compiling.Plain(spec => spec with
        {
            Command = ["/app"],
            Args = ["--fast"],
            User = "1000:1000",
            WorkingDir = "/srv",
            ReadOnly = true,
            Resources = new(500_000_000, 64 * 1024 * 1024),
            Labels = Sorted(("site", "oslo")),
            Env = Sorted(("B", "2"), ("A", "1")),
            Ports = [new(80, 8080, "tcp", "127.0.0.1"), new(53, null, "udp", null)],
            Volumes = [new("data", "/data", false, null), new("/etc/app", "/etc/app", true, "Z")],
        }).Body;

        body.Remove("Image");
        body["HostConfig"]!.AsObject().Remove("RestartPolicy");
        JsonNode.DeepEquals(body, JsonNode.Parse("""
            {
              "Entrypoint": ["/app"], "Cmd": ["--fast"], "User": "1000:1000", "WorkingDir": "/srv",
              "Labels": {"site": "oslo"}, "Env": ["A=1", "B=2"], "ExposedPorts": {"80/tcp": {}, "53/udp": {}},
              "HostConfig": {
                "ReadonlyRootfs": true, "NanoCpus": 500000000, "Memory": 67108864,
                "PortBindings": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8080"}], "53/udp": [{"HostPort": ""}]},
                "Binds": ["data:/data", "/etc/app:/etc/app:ro,Z"]
              }
            }
            """)).Should().BeTrue(body.ToJsonString());
    }

    [Fact]
    public void Two_bindings_of_one_container_port_are_both_kept() =>
        Compiling.Plain(spec => spec with { Ports = [new(80, 8080, "tcp", null), new(80, 8081, "tcp", null)] })
            .Body["HostConfig"]!["PortBindings"]!["80/tcp"]!.AsArray().Should().HaveCount(2);

    [Fact]
    public void A_variable_of_the_spec_replaces_the_one_of_createOptions_and_joins_the_others() =>
        Compiling.With("""{"Env": ["A=1", "B=2", "C"]}""", spec => spec with { Env = Sorted(("B", "3"), ("D", "a=b")) })
            .Body["Env"]!.ToJsonString().Should().Be("""["A=1","C","B=3","D=a=b"]""");

    [Fact]
    public void Labels_ports_and_volumes_join_those_of_createOptions()
    {
        var body = Compiling.With(
            """{"Labels": {"a": "1"}, "HostConfig": {"Binds": ["x1:/x"], "PortBindings": {"80/tcp": [{"HostPort": "80"}]}}}""",
            spec => spec with { Labels = Sorted(("b", "2")), Ports = [new(81, 81, "tcp", null)], Volumes = [new("y1", "/y", false, null)] }).Body;

        body["Labels"]!.AsObject().Should().HaveCount(2);
        body["HostConfig"]!["PortBindings"]!.AsObject().Should().HaveCount(2);
        body["HostConfig"]!["Binds"]!.AsArray().Should().HaveCount(2);
    }

    [Theory]
    [InlineData("command", """{"Entrypoint": "x"}""", "Entrypoint")]
    [InlineData("args", """{"Cmd": []}""", "Cmd")]
    [InlineData("user", """{"User": "0"}""", "User")]
    [InlineData("workingDir", """{"workingdir": "/a"}""", "WorkingDir")]
    [InlineData("readOnly", """{"HostConfig": {"ReadonlyRootfs": false}}""", "HostConfig.ReadonlyRootfs")]
    [InlineData("resources", """{"HostConfig": {"Memory": 0}}""", "HostConfig.Memory")]
    [InlineData("health", """{"Healthcheck": {}}""", "Healthcheck")]
    [InlineData("labels", """{"Labels": {"site": "x"}}""", "Labels.site")]
    [InlineData("ports", """{"HostConfig": {"PortBindings": {"80": []}}}""", "HostConfig.PortBindings.80/tcp")]
    [InlineData("networks", """{"HostConfig": {"NetworkMode": "host"}}""", "HostConfig.NetworkMode")]
    [InlineData("networks", """{"NetworkingConfig": {"EndpointsConfig": {}}}""", "NetworkingConfig.EndpointsConfig")]
    public void What_stands_in_a_plain_field_and_in_createOptions_is_a_problem_at_the_plain_field(string field, string options, string other)
    {
        var compiled = Compiling.Spec($$"""{"createOptions": {{options}}, "{{field}}": 0}""", spec => field switch
        {
            "command" => spec with { Command = ["x"] },
            "args" => spec with { Args = ["x"] },
            "user" => spec with { User = "1" },
            "workingDir" => spec with { WorkingDir = "/b" },
            "readOnly" => spec with { ReadOnly = true },
            "resources" => spec with { Resources = new(null, 64 * 1024 * 1024) },
            "health" => spec with { Health = new() { Tcp = new(80) } },
            "labels" => spec with { Labels = Sorted(("site", "oslo")) },
            "ports" => spec with { Ports = [new(80, 80, "tcp", null)] },
            _ => spec with { Networks = ["plant"] },
        });

        var problem = compiled.Problems.Problems.Should().ContainSingle().Subject;
        problem.What.Should().Be($"both `{field}` and `createOptions.{other}` are set");
        problem.Where.Column.Should().Be(21 + options.Length);
    }

    [Fact]
    public void Two_volumes_at_one_place_are_a_problem() =>
        Compiling.With(
            """{"HostConfig": {"Tmpfs": {"/run": ""}, "Mounts": [{"Type": "bind", "Source": "/a", "Target": "/data/"}]}}""",
            spec => spec with { Volumes = [new("data", "/data", false, null)] })
            .Complaints.Should().Contain("more than one volume is mounted at /data");

    private static ImmutableSortedDictionary<string, string> Sorted(params (string Name, string Value)[] entries) =>
        entries.ToImmutableSortedDictionary(entry => entry.Name, entry => entry.Value, StringComparer.Ordinal);
}
