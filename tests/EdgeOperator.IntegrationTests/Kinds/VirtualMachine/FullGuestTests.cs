using System.Net.Http.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

/// <summary>The guest that users run: what it has besides what <see cref="GuestContractTests"/> see in the minimal one.</summary>
[Collection("machines")]
public sealed class FullGuestTests : IAsyncLifetime
{
    private PlainGuest _guest = null!;

    public async Task InitializeAsync() => _guest = await PlainGuest.CreateAsync(await GuestImage.FullAsync(), memory: 1024);

    public async Task DisposeAsync() => await _guest.DisposeAsync();

    [Fact]
    public async Task It_runs_containers_which_survive_a_restart_of_the_engine_and_of_the_machine()
    {
        await _guest.StartAsync();
        (await _guest.ReadAsync("/usr/lib/edgeop/report")).Should().Contain("\nimage edgeop-guest debian-12").And.Contain("\nslot a").And.NotContain("problem");
        (await _guest.HealthAsync()).Status.Should().Be(200);
        await EngineAnswersAsync();

        var (tunnel, socket) = _guest.Forward("/run/docker.sock");
        await using (tunnel)
        {
            using var engine = UnixHttp.Client(socket, "http://engine/v1.41/");
            await Eventually.GetAsync(() => engine.GetStringAsync(new Uri("_ping", UriKind.Relative)));
            var image = await TestImage.WebServer().LoadAsync(engine);
            using var made = await engine.PostAsJsonAsync(new Uri("containers/create?name=web", UriKind.Relative), new JsonObject
            {
                ["Image"] = image,
                ["ExposedPorts"] = new JsonObject { ["8080/tcp"] = new JsonObject() },
                ["HostConfig"] = new JsonObject
                {
                    ["PortBindings"] = new JsonObject { ["8080/tcp"] = new JsonArray(new JsonObject { ["HostPort"] = "9090" }) },
                    ["RestartPolicy"] = new JsonObject { ["Name"] = "always" },
                },
            });
            made.IsSuccessStatusCode.Should().BeTrue(await made.Content.ReadAsStringAsync());
            using var started = await engine.PostAsync(new Uri("containers/web/start", UriKind.Relative), null);
            started.IsSuccessStatusCode.Should().BeTrue(await started.Content.ReadAsStringAsync());
        }

        await WebAnswersAsync();

        // The engine reads what provisioning puts in.
        await _guest.ReadAsync("/usr/lib/edgeop/provision aaaa", PlainGuest.Tar(
            ("files/etc/docker/daemon.json", """{"labels":["of=the-test"]}"""),
            ("commands/000", "/usr/lib/edgeop/engine restart"),
            ("users", "app\tdocker,sudo\t\n")));
        await EngineAnswersAsync();
        (await _guest.SshAsync("app", _guest.Key, "curl -s --unix-socket /run/docker.sock http://engine/info")).Output.Should().Contain("of=the-test");
        (await _guest.SshAsync("app", _guest.Key, "docker info --format '{{.Labels}}' && sudo -n id -un")).Output.Should().Be("[of=the-test]\nroot\n");
        await WebAnswersAsync();

        await _guest.ReadAsync("cp /etc/docker/daemon.json /root && echo '{' >/etc/docker/daemon.json && /usr/lib/edgeop/engine restart");
        await Eventually.SucceedsAsync(
            async () => (await _guest.ReadAsync("/usr/lib/edgeop/report")).Should().Contain("\nproblem the container engine does not start: ").And.Contain("daemon.json"),
            PlainGuest.BootDeadline);
        await _guest.ReadAsync("cp /root/daemon.json /etc/docker/daemon.json");
        await EngineAnswersAsync();
        (await _guest.ReadAsync("/usr/lib/edgeop/report")).Should().NotContain("problem");

        await _guest.QmpAsync("""{"execute":"system_powerdown"}""");
        await _guest.StoppedAsync();
        await _guest.StartAsync();
        await WebAnswersAsync();
        (await _guest.ReadAsync("/usr/lib/edgeop/report")).Should().Contain("provisioned aaaa").And.NotContain("problem");

        // What is not named any more goes, and the image's own file is back.
        var own = await File.ReadAllTextAsync(Path.Combine(EdgeopBinary.RepositoryRoot, "src", "guest", "full", "root", "etc", "docker", "daemon.json"));
        await _guest.ReadAsync("/usr/lib/edgeop/provision bbbb", PlainGuest.Tar(("commands/000", "/usr/lib/edgeop/engine restart")));
        (await _guest.ReadAsync("cat /etc/docker/daemon.json; ls -d /home/app; grep -c app: /etc/passwd || :")).Should().Be($"{own}/home/app\n0");
        (await _guest.SshAsync("app", _guest.Key, "true")).Code.Should().NotBe(0);
        await WebAnswersAsync();
    }

    private Task EngineAnswersAsync() => Eventually.SucceedsAsync(
        async () => (await _guest.ReadAsync("/usr/lib/edgeop/report")).Should().Contain("\nengine 2"), PlainGuest.BootDeadline);

    private Task WebAnswersAsync() => Eventually.SucceedsAsync(
        async () => (await _guest.ReadAsync("curl -s --max-time 5 http://127.0.0.1:9090/ && curl -s --max-time 5 http://10.0.2.15:9090/")).Should().Be("ok\nok"),
        PlainGuest.BootDeadline);
}
