using System.Net;
using System.Text.Json.Nodes;

namespace EdgeOperator.Hub.Tests.Api;

/// <summary>The document that describes the API is about the routes that there are.</summary>
[Collection(SharedHub.Name)]
public sealed class OpenApiTests(SharedHub shared)
{
    private HubUnderTest Hub => shared.Hub;

    [Fact]
    public async Task It_has_every_route_with_its_parameters_and_types()
    {
        var (status, document) = await Hub.CallAsync("GET", "openapi/v1.json", null, "");

        status.Should().Be(HttpStatusCode.OK);
        document!["openapi"]!.GetValue<string>().Should().StartWith("3.1");
        var list = document["paths"]!["/api/v1/devices"]!["get"]!;
        list["summary"]!.GetValue<string>().Should().NotBeEmpty();
        list["parameters"]!.AsArray().Select(p => p!["name"]!.GetValue<string>()).Should().Equal("where", "limit", "continuation");
        Resolve(document, list["responses"]!["200"]!["content"]!["application/json"]!["schema"]!)["properties"]!.AsObject().Select(p => p.Key).Should().BeEquivalentTo("items", "continuation");
        var login = document["paths"]!["/api/v1/login"]!["post"]!;
        Resolve(document, login["requestBody"]!["content"]!["application/json"]!["schema"]!)["required"]!.AsArray().Select(p => p!.GetValue<string>()).Should().BeEquivalentTo("user", "password");
        login["security"].Should().BeNull();
        list["security"]!.AsArray().Should().ContainSingle();
    }

    [Fact]
    public async Task What_it_names_is_there_and_is_not_for_strangers()
    {
        var document = (await Hub.CallAsync("GET", "openapi/v1.json", null, "")).Body!;

        foreach (var (path, operations) in document["paths"]!.AsObject())
            foreach (var (method, operation) in operations!.AsObject())
            {
                var url = path.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal).TrimStart('/');
                var (status, _) = await Hub.CallAsync(method.ToUpperInvariant(), url, null, "");
                if (operation!["security"] is not null)
                    status.Should().Be(HttpStatusCode.Unauthorized, $"{method} {path} is for those who are signed in");
                else
                    status.Should().NotBe(HttpStatusCode.MethodNotAllowed, $"{method} {path} is there");
            }
    }

    private static JsonNode Resolve(JsonNode document, JsonNode schema) =>
        schema["$ref"]?.GetValue<string>() is { } reference ? reference.Split('/').Skip(1).Aggregate(document, (node, name) => node[name]!) : schema;
}
