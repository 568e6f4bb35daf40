using System.Globalization;
using System.Text.RegularExpressions;
using EdgeOperator.EndToEndTests.Support;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.EndToEndTests;

/// <summary>
/// Every use of secrets on one device, each with a value of its own; then all that the real programs write, print and keep is searched for
/// them. (Machines have theirs in the machines' tests, hubs in the hub's.)
/// </summary>
[Collection(AtSite.Name)]
public sealed partial class SecretCanaryTests(Site site) : IAsyncLifetime
{
    private const string Canary = "canary-";

    private readonly TempFolder _folder = new("canary");
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly int _port = FreePort.Next();
    private PrivateRegistry _registry = null!;
    private Repository _repository = null!;
    private Device _device = null!;
    private string _image = "";

    public async Task InitializeAsync()
    {
        _registry = await PrivateRegistry.StartAsync(authenticated: true);
        _image = await TestImage.Sleeper("locked").PushAsync(_registry);
        _repository = await Repository.CreateAsync();
        _device = site.NewDevice(_repository.Url, new() { Metrics = $"127.0.0.1:{FreePort.Next()}" });
    }

    public async Task DisposeAsync()
    {
        await _device.DisposeAsync();
        await _registry.DisposeAsync();
        _repository.Dispose();
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Secrets_arrive_where_they_are_used_and_are_nowhere_else()
    {
        await _device.ReachesAsync(await StartAsync("one"));
        await ShouldHaveArrivedAsync("one");

        // Another value of each; and a revision that fails because of one, so that there is something to tell of it.
        await _device.ReachesAsync(await CommitAsync("two"));
        await ShouldHaveArrivedAsync("two");
        var bad = await CommitAsync("three", module: "healthTimeout: 5s\nstatus: running\nhealth: {exec: {command: [\"false\"]}, interval: 1s, retries: 1}");
        await _device.SeesAsync("it is taken back", status => status.Desired?.Id == bad && status.Conditions.Any(c => c.Reason == "RolledBack"));
        await ShouldHaveArrivedAsync("two");
        await ShouldBeNowhereElseAsync();
        await ShouldLeaveNoCoreAsync();
    }

    private async Task<string> StartAsync(string value)
    {
        (await _device.EdgeopAsync("identity", "--rotate")).Code.Should().Be(0);
        var commit = await CommitAsync(value);
        await _device.StartAsync();
        return commit;
    }

    private async Task<string> CommitAsync(string value, string module = "")
    {
        var plain = _folder.Write("plain.yaml", $$"""
            apiVersion: edgeoperator.io/v1alpha1
            kind: Secret
            metadata: {name: all}
            spec:
              stringData:
                env: {{Canary}}env-{{value}}
                file: {{Canary}}file-{{value}}
                setting: {{Canary}}setting-{{value}}
                config: {{Canary}}config-{{value}}
                registry: {{PrivateRegistry.Password}}
            """);
        var secret = await _device.EdgeopAsync("secret", "encrypt", plain, "--recipient", (await _device.EdgeopAsync("identity")).Output.Trim());
        File.Delete(plain);
        secret.Output.Should().NotContain(Canary).And.Contain("registry: ENC[");
        return await _repository.CommitAsync(
        [
            ("all.yaml", secret.Output),
            ("module.yaml", Manifests.Module("locked", _image, $$$"""
                registryCredentials: {username: {{{PrivateRegistry.User}}}, password: '${secrets.all.registry}'}
                env: {PASSWORD: "${secrets.all.env}"}
                secretFiles: [{path: /run/password, content: '${secrets.all.file}'}]
                {{{module}}}
                """)),
            ("config.yaml", Manifests.ConfigFile("config", "${vars.root}/app/config", "password=${secrets.all.config}\n", "onChange: {run: [\"true\"]}")),
            .. SampleApp.Files(value, _port, "settings: {HIDDEN: '${secrets.all.setting}', PLAIN: open}"),
        ]);
    }

    private async Task ShouldHaveArrivedAsync(string value)
    {
        (await site.ExecuteAsync("locked", "sh", "-c", "echo $PASSWORD; cat /run/password")).Should().Be($"{Canary}env-{value}\n{Canary}file-{value}");
        (await _http.GetStringAsync(new Uri($"http://127.0.0.1:{_port}/api/hello?name=HIDDEN"))).Should().Be($"{Canary}setting-{value}");
        (await File.ReadAllTextAsync($"{_device.FilesRoot}/app/config")).Should().Be($"password={Canary}config-{value}\n");
    }

    private async Task ShouldBeNowhereElseAsync()
    {
        foreach (var verb in (string[][])
            [["status"], ["get"], ["describe", "EdgeModule/locked"], ["describe", "FunctionApp/hello"], ["describe", "ConfigFile/config"], ["describe", "Secret/all"], ["events"], ["history"], ["plan"], ["render"], ["function", "list"]])
        {
            foreach (var format in (string[])["table", "yaml"])
                (await _device.EdgeopAsync([.. verb, "-o", format])).ToString().Should().NotContain(Canary, string.Join(' ', verb));
        }

        foreach (var resource in (string[])["EdgeModule/locked", "FunctionApp/hello"])
            (await _device.EdgeopAsync("logs", resource)).ToString().Should().NotContain(Canary, $"logs {resource}");
        (await _device.MetricsAsync()).Should().NotContain(Canary);
        var bundle = _folder.File("bundle.tar.gz");
        (await _device.EdgeopAsync("support-bundle", "--file", bundle)).Code.Should().Be(0);
        (await Shell.RunAsync("sh", "-c", "zcat \"$1\" | grep -acF \"$0\" || true", Canary, bundle)).Trim().Should().Be("0");
        File.Delete(bundle);
        _device.Log.Should().NotContain(Canary);

        // All that it keeps, but for the file that was asked for.
        (await Shell.RunAsync("grep", "-rlaF", Canary, _device.Root)).Trim().Should().Be($"{_device.FilesRoot}/app/config");
        Words(await site.DockerAsync("inspect", "locked")).Should().Equal(["env"], "only what was asked for as a variable is shown by the engine");
        Words(await Shell.RunAsync("sh", "-c", "grep -rhaoE \"$0\" \"$1\" | sort -u", $"{Canary}[a-z]+", Path.GetDirectoryName(site.Engine.SocketPath)!)).Should().Equal(["env"], "so does its disk");
        (await site.DockerAsync("inspect", "--format", "{{.Config.Labels}} {{.Config.Cmd}} {{.Args}} {{.Name}}", "locked")).Should().NotContain(Canary);

        foreach (var process in Directory.GetDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out _)))
        {
            Words(Read($"{process}/cmdline")).Should().BeEmpty("command lines are everybody's");
            if (Words(Read($"{process}/environ")) is { Length: > 0 } seen)
                seen.Should().BeSubsetOf(["env", "setting"], "the module and the app have them, and nobody else: {0}", Read($"{process}/cmdline"));
        }
    }

    /// <summary>An agent that crashes writes no core dump, where another program does.</summary>
    private async Task ShouldLeaveNoCoreAsync()
    {
        await _device.TerminateAsync();
        var pattern = (await File.ReadAllTextAsync("/proc/sys/kernel/core_pattern")).Trim();
        var folder = Directory.CreateDirectory(_folder.File("cores")).FullName;
        var crashes = $"ulimit -c unlimited; cd {folder}; {{ sleep 60 & }}; kill -SYS $!; wait $! 2>/dev/null; ls";
        var others = await Shell.RunAsync("bash", "-c", crashes);
        if (pattern == "core")
            others.Should().StartWith("core", "otherwise this proves nothing");
        foreach (var core in Directory.GetFiles(folder))
            File.Delete(core);

        await Shell.RunAsync("bash", "-c",
            $"ulimit -c unlimited; cd {folder}; {{ {_device.Edgeop} agent --config {_device.ConfigurationFile} >/dev/null 2>&1 & }}; agent=$!; until {_device.Edgeop} --socket {_device.ApiSocket} status >/dev/null 2>&1; do kill -0 $agent || exit 1; done; kill -SYS $agent; timeout 60 tail --pid=$agent -f /dev/null || {{ kill -KILL $agent; exit 1; }}; wait $agent 2>/dev/null; true");
        Directory.GetFileSystemEntries(folder).Should().BeEmpty();
    }

    /// <summary>Which of the values are in a text, by their keys.</summary>
    private static string[] Words(string text) => [.. Values().Matches(text).Select(match => match.Groups["key"].Value).Distinct()];

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    [GeneratedRegex(Canary + "(?<key>env|file|setting|config|registry)")]
    private static partial Regex Values();
}
