using System.Collections.Immutable;
using System.Text.Json;
using EdgeOperator.Agent.Kinds.FunctionApp;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Kinds.FunctionApp;

public sealed class RequestWriterTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("s3cret", "s3cret")]
    [InlineData("s3cret\n", "s3cret")]
    [InlineData("s3cret\r\n", "s3cret")]
    [InlineData(" two\nlines\n\n", " two\nlines\n")]
    public void A_setting_is_what_its_file_holds_without_the_last_line_end(string content, string value)
    {
        var file = _folder.Write("secret", content);

        Write(spec => spec with { Settings = Map("A", "1"), SettingsFiles = Map("B", file) }).Settings.Should().Equal(Map("A", "1").Add("B", value));
    }

    [Fact]
    public void Keys_come_from_files_too()
    {
        var request = Write(spec => spec with { MasterKeyFile = _folder.Write("m", "master\n"), KeyFiles = Map("till", _folder.Write("k", "key\n")) });

        request.MasterKey.Should().Be("master");
        request.HostKeys.Should().Equal(Map("till", "key"));
    }

    [Fact]
    public void Who_may_call_and_who_is_believed_goes_to_the_host()
    {
        var request = Write(spec => spec with { CorsOrigins = ["https://a.example"], CorsCredentials = true, TrustedProxies = ["10.0.0.0/8"] });

        request.CorsOrigins.Should().Equal("https://a.example");
        request.CorsCredentials.Should().BeTrue();
        request.TrustedProxies.Should().Equal("10.0.0.0/8");
    }

    [Fact]
    public void A_file_that_is_missing_is_told_of_with_what_it_is_for() =>
        FluentActions.Invoking(() => Write(spec => spec with { SettingsFiles = Map("B", "/nowhere/b") }))
            .Should().Throw<SecretException>().WithMessage("the file /nowhere/b for the setting B can't be read: *");

    [Theory]
    [InlineData("/dev/zero")]
    [InlineData("/dev/urandom")]
    [InlineData("/")]
    public async Task A_manifest_can_t_have_the_agent_read_what_never_ends(string path)
    {
        var pipe = _folder.File("pipe");
        await Shell.RunAsync("mkfifo", pipe);

        foreach (var file in (string[])[path, pipe])
        {
            foreach (var with in (Func<FunctionAppSpec, FunctionAppSpec>[])[s => s with { SettingsFiles = Map("B", file) }, s => s with { KeyFiles = Map("B", file) }, s => s with { MasterKeyFile = file }])
                FluentActions.Invoking(() => Write(with)).Should().Throw<SecretException>().WithMessage($"the file {file} for *, not a*");
        }
    }

    [Fact]
    public void A_request_names_the_generation_and_the_installed_package()
    {
        var app = App(spec => spec with { Instances = 3, Port = 7071, Memory = 1 << 20 });

        var request = JsonSerializer.Deserialize(RequestWriter.Write(app, new("/apps/orders")), HostJson.Default.AppRequest)!;

        request.Should().BeEquivalentTo(new { App = "orders", Generation = app.SpecHash, Folder = $"/apps/orders/packages/{app.App.Package.Hash}", Instances = 3, Port = 7071, MemoryPerInstance = 1 << 20 });
    }

    [Fact]
    public void A_setting_that_refers_to_a_secret_is_not_in_the_request_but_in_the_file_that_it_names()
    {
        var app = App(spec => spec with { Settings = Map("A", "1").Add("B", $"x{new SecretReference("db", "password", SecretReference.Unknown)}") });

        var request = JsonSerializer.Deserialize(RequestWriter.Write(app, new("/apps/orders"), "/run/app/settings.json"), HostJson.Default.AppRequest)!;

        request.Settings.Should().Equal(Map("A", "1"));
        request.SecretSettings.Should().Be("/run/app/settings.json");
    }

    private static AppRequest Write(Func<FunctionAppSpec, FunctionAppSpec> with) =>
        JsonSerializer.Deserialize(RequestWriter.Write(App(with), new("/apps/orders")), HostJson.Default.AppRequest)!;

    private static FunctionAppResource App(Func<FunctionAppSpec, FunctionAppSpec> with) => new()
    {
        Id = new(KindNames.FunctionApp, "orders"),
        Origin = default,
        App = with(new() { Package = new FunctionPackage.Folder("orders", []) }),
    };

    private static ImmutableSortedDictionary<string, string> Map(string name, string value) => ImmutableSortedDictionary<string, string>.Empty.Add(name, value);
}
