using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Tests.Manifests;

public sealed class RedactionTests
{
    [Theory]
    [InlineData("DB_PASSWORD", "hunter2", "***")]
    [InlineData("apiKey", "hunter2", "***")]
    [InlineData("SIGNING_KEY", "hunter2", "***")]
    [InlineData("AzureWebJobsStorage", "AccountName=a;AccountKey=abc==;EndpointSuffix=x", "AccountName=a;AccountKey=***;EndpointSuffix=x")]
    [InlineData("QUEUE", "Endpoint=sb://x/;SharedAccessKey=abc=", "Endpoint=sb://x/;SharedAccessKey=***")]
    [InlineData("URL", "https://user:pass@host/x?sig=abc&se=1", "https://***@host/x?sig=***&se=1")]
    [InlineData("content", "a: 1\npassword: hunter2\nb: 2", "a: 1\npassword: ***\nb: 2")]
    [InlineData("Env", "TOKEN=abc", "TOKEN=***")]
    [InlineData("createOptions", """{"Env":["TOKEN=abc"],"Image":"x"}""", """{"Env":["TOKEN=***"],"Image":"x"}""")]
    public void What_looks_like_a_secret_is_hidden(string name, string value, string shown) => Redaction.Text(name, value).Should().Be(shown);

    [Theory]
    [InlineData("LEVEL", "debug")]
    [InlineData("image", "registry.example.com:5000/app@sha256:0123")]
    [InlineData("masterKeyFile", "/etc/keys/master")]
    [InlineData("TOKEN_PATH", "/run/token")]
    [InlineData("key", "site")]
    [InlineData("monkey", "banana")]
    [InlineData("DB_PASSWORD", "")]
    public void Anything_else_is_shown(string name, string value) => Redaction.Text(name, value).Should().Be(value);

    [Fact]
    public void Variables_are_known_by_their_names_however_they_are_written()
    {
        var spec = JsonNode.Parse("""{"env":[{"name":"DB_PASSWORD","value":"x"},{"name":"LEVEL","value":"1"}],"settings":{"ApiSecret":"x","PIN_TOKEN":7}}""");

        Redaction.Of(spec)!.ToJsonString().Should().Be("""{"env":[{"name":"DB_PASSWORD","value":"***"},{"name":"LEVEL","value":"1"}],"settings":{"ApiSecret":"***","PIN_TOKEN":"***"}}""");
    }
}
