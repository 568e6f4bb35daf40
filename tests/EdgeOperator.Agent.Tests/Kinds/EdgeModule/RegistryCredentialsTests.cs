using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Agent.Kinds.EdgeModule.Images;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Kinds.EdgeModule;

public sealed class RegistryCredentialsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_a_file_there_is_nothing_to_show() => new RegistryCredentials(null).HeaderFor("web:1", []).Should().BeNull();

    [Theory]
    [InlineData("""{"auth": "ZWRnZTpzZWM6cmV0"}""", "username", "edge", "password", "sec:ret")]
    [InlineData("""{"username": "edge", "password": "secret"}""", "username", "edge", "password", "secret")]
    [InlineData("""{"auth": "PHRva2VuPjo=", "identitytoken": "abc"}""", "identitytoken", "abc", "serveraddress", "r.example:5000")]
    public void Credentials_take_several_forms(string entry, string name1, string value1, string name2, string value2)
    {
        var header = Decode(Written($$"""{"auths": { "r.example:5000": {{entry}} } }""").HeaderFor("r.example:5000/team/web:1", []));

        ((string?)header[name1]).Should().Be(value1);
        ((string?)header[name2]).Should().Be(value2);
    }

    [Theory]
    [InlineData("https://index.docker.io/v1/", "busybox")]
    [InlineData("docker.io", "team/web:1")]
    [InlineData("registry-1.docker.io", "docker.io/library/busybox:1")]
    [InlineData("https://r.example/v2/", "r.example/web")]
    public void A_registry_is_known_by_its_names(string written, string image) =>
        Written($$"""{"auths": { "{{written}}": {"username": "edge", "password": "secret"} } }""").HeaderFor(image, []).Should().NotBeNull();

    [Fact]
    public void Other_registries_get_nothing() =>
        Written("""{"auths": {"r.example": {"username": "edge", "password": "secret"}}}""").HeaderFor("r.example.evil/web", []).Should().BeNull();

    [Fact]
    public void The_manifests_come_before_the_file_and_later_ones_before_earlier_ones()
    {
        var credentials = Written("""{"auths": {"r.example": {"username": "file", "password": "secret"}}}""");
        ImmutableArray<RegistryCredential> manifests = [new("r.example", "manifest", "x"), new("s.example", "first", "x"), new("s.example", "last", "x")];

        ((string?)Decode(credentials.HeaderFor("r.example/web", manifests))["username"]).Should().Be("manifest");
        ((string?)Decode(credentials.HeaderFor("s.example/web", manifests))["username"]).Should().Be("last");
        ((string?)Decode(credentials.HeaderFor("r.example/web", []))["username"]).Should().Be("file", "nothing is kept of what another call was given");
    }

    [Theory]
    [InlineData("no JSON", "docker login")]
    [InlineData("[]", "docker login")]
    [InlineData("""{"auths": {"r.example": {"auth": "?"}}}""", "docker login")]
    [InlineData("""{"auths": {"r.example": {"auth": "c2VjcmV0"}}}""", "auths.r.example.auth")]
    [InlineData("""{"auths": {"r.example": {"username": 5}}}""", "docker login")]
    [InlineData("""{"credsStore": "desktop"}""", "credential helper")]
    public void A_file_that_makes_no_sense_is_an_error_that_names_it(string content, string words)
    {
        var asking = () => Written(content).HeaderFor("r.example/web", []);

        asking.Should().Throw<CredentialsException>().Which.Message.Should().Contain(_folder).And.Contain(words).And.NotContain("c2VjcmV0");
    }

    [Fact]
    public void A_missing_file_is_an_error_that_names_it()
    {
        var asking = () => new RegistryCredentials($"{_folder}/missing.json").HeaderFor("r.example/web", []);

        asking.Should().Throw<CredentialsException>().WithMessage($"{_folder}/missing.json can't be read*engine.registryAuthFile*");
    }

    private RegistryCredentials Written(string content) => new(_folder.Write("config.json", content));

    private static JsonObject Decode(string? header) =>
        (JsonObject)JsonNode.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(header!.Replace('-', '+').Replace('_', '/'))))!;
}
