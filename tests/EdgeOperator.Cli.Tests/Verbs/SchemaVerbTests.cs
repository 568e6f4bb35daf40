using System.Text.Json.Nodes;

namespace EdgeOperator.Cli.Tests.Verbs;

public sealed class SchemaVerbTests
{
    [Fact]
    public async Task One_kinds_schema_is_JSON_whatever_the_case()
    {
        var schema = JsonNode.Parse((await Edgeop.RunAsync("schema", "edgemodule")).Out)!;

        schema["$id"]!.GetValue<string>().Should().Be("https://edgeoperator.io/v1alpha1/EdgeModule.json");
        schema["$schema"]!.GetValue<string>().Should().Be("https://json-schema.org/draft/2020-12/schema");
    }

    [Fact]
    public async Task Without_a_kind_it_covers_all()
    {
        JsonNode.Parse((await Edgeop.RunAsync("schema")).Out)!["$defs"]!.AsObject().Select(d => d.Key)
            .Should().Equal("EdgeModule", "ConfigFile", "FunctionApp", "VirtualMachine", "SystemUpdate", "Secret", "AgentConfiguration", "Fleet", "Repository");
    }

    [Fact]
    public async Task An_unknown_kind_is_invalid_input()
    {
        (await Edgeop.RunAsync("schema", "Pod")).Should().Be(
            new Run(3, "", "error: \"Pod\" is no kind: the kinds are EdgeModule, ConfigFile, FunctionApp, VirtualMachine, SystemUpdate, Secret, AgentConfiguration, Fleet, Repository\n"));
    }
}
