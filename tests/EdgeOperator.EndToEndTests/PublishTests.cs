using System.IO.Compression;
using EdgeOperator.EndToEndTests.Support;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.EndToEndTests;

/// <summary>Packages that are published to a device, with curl and with <c>edgeop function publish</c>.</summary>
public sealed class PublishTests : IAsyncLifetime
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly TempFolder _folder = new();
    private readonly int _port = FreePort.Next();
    private readonly int _publishingPort = FreePort.Next();
    private Repository _repository = null!;
    private Device _device = null!;

    private string SettingsFile => _folder.File("hello.PublishSettings");

    private string Url => $"http://127.0.0.1:{_publishingPort}";

    public async Task InitializeAsync()
    {
        _repository = await Repository.CreateAsync();
        _device = new(await EdgeopBinary.PathAsync(), engine: null, _repository.Url, new() { PublishingPort = _publishingPort });
        var commit = await _repository.CommitAsync(("app.yaml", Manifests.FunctionApp("hello", "{published: hello}", $"http: {{port: {_port}}}")));
        await _device.StartAsync();
        await _device.ReachesAsync(commit);
        var made = await _device.EdgeopAsync("function", "publish-settings", "hello");
        made.Code.Should().Be(0, made.Errors);
        await File.WriteAllTextAsync(SettingsFile, made.Output);
        await Eventually.SucceedsAsync(() => CurlAsync("--fail", $"{Url}/api/settings"), Eventually.Slow);
    }

    public async Task DisposeAsync()
    {
        await _device.DisposeAsync();
        _repository.Dispose();
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_curl_publishes_is_served_and_what_is_broken_never_takes_its_place()
    {
        (await CurlAsync("--fail", "-X", "POST", "--data-binary", $"@{Zip("v1")}", $"{Url}/api/zipdeploy")).Should().Contain("\"status\":4");
        (await AskAsync()).Should().Be("v1");

        (await CurlAsync("-w", "%{http_code}", "-X", "POST", "--data-binary", $"@{Zip("v2", host: "{\"version\": ")}", $"{Url}/api/zipdeploy"))
            .Should().Contain("host.json").And.EndWith("500");
        (await AskAsync()).Should().Be("v1");
        await _device.SeesAsync("the old version is what is desired", status => Device.Is(status, "Ready") && status.Resources.Single().State == "serving");
        (await _device.EdgeopAsync("function", "deployments", "hello")).Output.Should().Contain("Active").And.Contain("Failed");
        (await CurlAsync("--fail", $"{Url}/api/functions")).Should().Contain("\"name\":\"hello\"");

        // A host that starts anew serves it as well.
        await Shell.RunAsync("kill", "-9", (await _device.StatusAsync()).Resources.Single().Details["process"]);
        await Eventually.SucceedsAsync(async () => (await AskAsync()).Should().Be("v1"), Eventually.Slow);
    }

    [Fact]
    public async Task The_command_line_publishes_a_folder_and_goes_back()
    {
        foreach (var version in (string[])["v1", "v2"])
        {
            var published = await _device.EdgeopAsync("function", "publish", Folder(version), "--settings", SettingsFile, "--message", version);
            published.Code.Should().Be(0, published.Errors);
            (await AskAsync()).Should().Be(version);
        }

        var broken = await _device.EdgeopAsync("function", "publish", Folder("v3", host: "{\"version\": "), "--to", Url, "--settings", SettingsFile);
        broken.Code.Should().Be(1);
        broken.Errors.Should().Contain("host.json");

        (await _device.EdgeopAsync("function", "rollback", "hello")).Code.Should().Be(0);
        await Eventually.SucceedsAsync(async () => (await AskAsync()).Should().Be("v1"), Eventually.Slow);
        (await _device.EdgeopAsync("function", "publish", Folder("v1"), "--to", Url)).Code.Should().Be(3);
    }

    [Fact]
    public async Task An_asynchronous_publisher_polls_what_it_is_told()
    {
        var head = await CurlAsync("--fail", "-D", "-", "-o", "/dev/null", "-X", "POST", "--data-binary", $"@{Zip("v1")}", $"{Url}/api/zipdeploy?isAsync=true");
        head.Should().StartWith("HTTP/1.1 202");
        var location = head.Split('\n').Single(l => l.StartsWith("Location:", StringComparison.OrdinalIgnoreCase))["Location:".Length..].Trim();

        await Eventually.SucceedsAsync(async () => (await CurlAsync("--fail", "-w", "%{http_code}", location)).Should().EndWith("200").And.Contain("\"complete\":true"), Eventually.Slow);

        (await AskAsync()).Should().Be("v1");
    }

    [Fact]
    public async Task A_dotnet_isolated_app_is_published_as_its_build_gives_it()
    {
        var zip = _folder.File("isolated.zip");
        ZipFile.CreateFromDirectory(await IsolatedAppBuild.FolderAsync(), zip);

        (await CurlAsync("-X", "POST", "--data-binary", $"@{zip}", $"{Url}/api/zipdeploy")).Should().Contain("\"status\":4");

        (await CurlAsync("--fail", $"{Url}/api/functions")).Should().Contain("httpTrigger");
    }

    [Fact]
    public async Task What_was_published_outlives_the_agent_and_so_does_the_endpoint()
    {
        await CurlAsync("--fail", "-X", "POST", "--data-binary", $"@{Zip("v1")}", $"{Url}/api/zipdeploy");
        await _device.KillAsync();

        await CurlAsync("--fail", "-X", "POST", "--data-binary", $"@{Zip("v2")}", $"{Url}/api/zipdeploy?isAsync=true");
        await _device.StartAsync();

        await Eventually.SucceedsAsync(async () => (await AskAsync()).Should().Be("v2"), Eventually.Slow);
        await Eventually.SucceedsAsync(async () => (await CurlAsync("--fail", $"{Url}/api/deployments/latest")).Should().Contain("\"status\":4"), Eventually.Slow);
    }

    private async Task<string> CurlAsync(params string[] arguments)
    {
        var profile = System.Xml.Linq.XElement.Parse(await File.ReadAllTextAsync(SettingsFile)).Element("publishProfile")!;
        return await Shell.RunAsync("curl", ["--silent", "--show-error", "--user", $"{profile.Attribute("userName")!.Value}:{profile.Attribute("userPWD")!.Value}", .. arguments]);
    }

    private string Zip(string version, string? host = null)
    {
        var zip = _folder.File($"{Guid.NewGuid():n}.zip");
        ZipFile.CreateFromDirectory(Folder(version, host), zip);
        return zip;
    }

    private string Folder(string version, string? host = null)
    {
        var name = $"{version}-{Guid.NewGuid():n}";
        foreach (var (path, content) in SampleApp.Files(version, _port).Where(f => f.Path.StartsWith("app/", StringComparison.Ordinal)))
            _folder.Write($"{name}/{path["app/".Length..]}", path == "app/host.json" && host is not null ? host : content);
        File.SetUnixFileMode(_folder.File($"{name}/handler.py"), (UnixFileMode)Convert.ToInt32("755", 8));
        return _folder.File(name);
    }

    private Task<string> AskAsync() => _http.GetStringAsync(new Uri($"http://127.0.0.1:{_port}/api/hello"));
}
