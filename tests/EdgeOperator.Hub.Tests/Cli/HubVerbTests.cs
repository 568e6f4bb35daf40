using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using EdgeOperator.Hub.Tests.Agent;

namespace EdgeOperator.Hub.Tests.Cli;

/// <summary><c>edgeop hub</c> against a real hub, and a real agent where one is needed.</summary>
public sealed class HubVerbTests(LoggedInHub logged) : IClassFixture<LoggedInHub>
{
    private HubCommandLine Edgeop => logged.Edgeop;

    private HubUnderTest Hub => logged.Hub;

    [Fact]
    public async Task A_login_is_for_the_user_alone_and_has_no_password()
    {
        var login = await File.ReadAllTextAsync(Edgeop.LoginFile);

        File.GetUnixFileMode(Edgeop.LoginFile).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        login.Should().NotContain(LoggedInHub.Password).And.NotContain(Hub.OneTimePassword);
    }

    [Fact]
    public async Task A_wrong_password_is_refused_and_the_login_before_stays()
    {
        var (code, _, error) = await Edgeop.RunAsync(["login"], "wrong\n");

        code.Should().Be(1);
        error.Should().Be("error: the name or the password is wrong\n");
        (await Edgeop.RunAsync(["devices", "list"])).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task What_a_role_does_not_include_is_said_and_the_login_goes_on()
    {
        var made = (await Hub.CallAsync("POST", "api/v1/users", """{"name":"looker","role":"Viewer"}""")).Body!;
        using var looker = new HubCommandLine();
        (await looker.RunAsync(["login", $"https://{Hub.Host}", "--ca-file", Hub.CaFile, "--user", "looker"], $"{made["oneTimePassword"]}\n{LoggedInHub.Password}\n{LoggedInHub.Password}\n")).ExitCode.Should().Be(0);

        (await looker.RunAsync(["users", "list"])).Error.Should().Be("error: this takes the role Administrator, and yours is Viewer\n");
        (await looker.RunAsync(["devices", "list"])).ExitCode.Should().Be(0);
    }

    [Theory]
    [InlineData("a,b=c")]
    [InlineData("bad!=1")]
    [InlineData("bad key=x")]
    public async Task A_label_that_devices_refuse_is_not_sent(string label) =>
        (await Edgeop.RunAsync(["devices", "label", "not-asked-for", label])).Should().Match<(int ExitCode, string Out, string Error)>(refused => refused.ExitCode == 3 && refused.Error.Contains("is not a label's key"));

    [Fact]
    public async Task A_condition_that_closes_a_bracket_of_others_is_none()
    {
        (await Edgeop.RunAsync(["devices", "list", "-l", "role=till", "--where", "1=1) or (1=1"])).Error.Should().Contain("--where is no condition").And.Contain("at character 4");
        var (status, answer) = await Hub.CallAsync("GET", $"api/v1/devices?where={Uri.EscapeDataString("1=1) or (1=1")}");
        ((int)status, answer!.ToJsonString()).Should().Match<(int Status, string Body)>(refused => refused.Status == 400 && refused.Body.Contains("at character 4"));
    }

    [Fact]
    public async Task Without_a_login_it_is_said_how_to_make_one()
    {
        using var nobody = new HubCommandLine();

        var (code, _, error) = await nobody.RunAsync(["devices", "list"]);

        code.Should().Be(3);
        error.Should().Contain("edgeop hub login URL");
    }

    [Theory]
    [InlineData("ftp://x")]
    [InlineData("http://hub.example.com")]
    [InlineData("https://hub.example.com/portal")]
    public async Task Only_https_is_an_address(string address) =>
        (await Edgeop.RunAsync(["login", address], "x\n")).ExitCode.Should().Be(3);

    [Fact]
    public async Task A_hub_that_is_not_trusted_or_not_there_is_not_reachable()
    {
        var (code, _, error) = await Edgeop.RunAsync(["login", $"https://{Hub.Host}:443", "--ca-file", "/etc/ssl/certs/ca-certificates.crt"], "x\n");
        var (away, _, _) = await Edgeop.RunAsync(["login", "https://127.255.255.254", "--ca-file", Hub.CaFile], "x\n");

        code.Should().Be(4);
        error.Should().Contain("--ca-file");
        away.Should().Be(4);
    }

    [Fact]
    public async Task A_device_joins_is_labelled_listed_and_described()
    {
        await using var agent = await AgentAtHub.StartAsync(Hub, "cli-device", "hello");

        await Edgeop.OkAsync("devices", "label", "cli-device", "site=berlin", "role=till");
        (await Edgeop.OkAsync("devices", "label", "cli-device", "role-")).Should().Be("cli-device has site=berlin.\n");
        var list = JsonNode.Parse(await Edgeop.OkAsync("devices", "list", "-l", "site=berlin", "-o", "json"))!.AsArray();
        (await Edgeop.OkAsync("devices", "list", "-l", "site!=berlin", "-o", "json")).Should().NotContain("cli-device");
        var shown = await Edgeop.OkAsync("devices", "get", "cli-device");
        var described = await Edgeop.OkAsync("describe", "cli-device", "file", "greeting");
        var twin = JsonNode.Parse(await Edgeop.OkAsync("twin", "get", "cli-device"))!;

        list.Single()!["deviceId"]!.GetValue<string>().Should().Be("cli-device");
        list[0]!["connected"]!.GetValue<bool>().Should().BeTrue();
        shown.Should().Contain("site=berlin").And.Contain("yes");
        described.Should().Contain(agent.File);
        twin["tags"]!["labels"]!.ToJsonString().Should().Be("""{"site":"berlin"}""");
    }

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(200)]
    public async Task Tables_fit_the_terminal(int width)
    {
        await Hub.CallAsync("PUT", "devices/a-device-with-quite-a-long-name-0001", """{"deviceId":"a-device-with-quite-a-long-name-0001"}""");
        await Edgeop.OkAsync("devices", "label", "a-device-with-quite-a-long-name-0001", "site=berlin-mitte-alexanderplatz", "role=till", "floor=basement");

        var (_, table, _) = await Edgeop.RunAsync(["devices", "list", "--no-color"], width: width);

        table.Should().Contain("a-device-with-quite-a-long-name-0001");
        table.Split('\n').Should().OnlyContain(line => line.Length <= width);
    }

    [Fact]
    public async Task A_twin_is_patched_and_what_can_t_be_patched_is_refused()
    {
        await Hub.CreateDeviceAsync("cli-twin");

        var patched = JsonNode.Parse(await Edgeop.OkAsync("twin", "patch", "cli-twin", """{"tags":{"a":1},"properties":{"desired":{"b":2}}}"""))!;
        var (code, _, error) = await Edgeop.RunAsync(["twin", "patch", "cli-twin", "--file", "-"], """{"reported":{}}""");
        var (missing, _, told) = await Edgeop.RunAsync(["twin", "get", "cli-none"]);

        patched["properties"]!["desired"]!["b"]!.GetValue<int>().Should().Be(2);
        code.Should().Be(3);
        error.Should().Contain("\"reported\"");
        missing.Should().Be(1);
        told.Should().Be("error: cli-none is not registered\n");
    }

    [Fact]
    public async Task Every_verb_answers_in_JSON_and_YAML_too()
    {
        await using var agent = await AgentAtHub.StartAsync(Hub, "cli-formats", "hello");
        string[][] verbs =
        [
            ["devices", "list"], ["devices", "get", "cli-formats"], ["devices", "label", "cli-formats", "a=b"],
            ["enrollments", "list"], ["twin", "get", "cli-formats"], ["twin", "patch", "cli-formats", """{"tags":{"c":1}}"""],
            ["artifacts", "list"], ["fleets", "list"], ["rollouts", "list"], ["describe", "cli-formats", "file", "greeting"],
            ["reconcile", "cli-formats"], ["suspend", "cli-formats"], ["resume", "cli-formats"],
        ];

        foreach (var verb in verbs)
            foreach (var format in (string[])["json", "yaml"])
                ShouldBe(format, await Edgeop.OkAsync([.. verb, "-o", format]), verb);
    }

    [Theory]
    [InlineData("json")]
    [InlineData("yaml")]
    public async Task So_do_verbs_that_can_be_said_once(string format)
    {
        await Hub.CreateDeviceAsync($"cli-gone-{format}");
        foreach (var device in (string[])["cli-asks", "cli-unwanted"])
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=x", key, HashAlgorithmName.SHA256).CreateSigningRequestPem();
            await Hub.CallAsync("POST", "api/v1/enrollments", new JsonObject { ["deviceId"] = $"{device}-{format}", ["csr"] = request }.ToJsonString(), "");
        }

        string[][] verbs = [["enrollments", "approve", $"cli-asks-{format}"], ["enrollments", "deny", $"cli-unwanted-{format}"], ["devices", "decommission", $"cli-gone-{format}", "--force"]];
        foreach (var verb in verbs)
            ShouldBe(format, await Edgeop.OkAsync([.. verb, "-o", format]), verb);
        var (code, login, _) = await Edgeop.RunAsync(["login", "-o", format], $"{LoggedInHub.Password}\n");

        code.Should().Be(0);
        ShouldBe(format, login, "login");
    }

    [Fact]
    public async Task A_device_is_steered()
    {
        await using var agent = await AgentAtHub.StartAsync(Hub, "cli-steered", "hello");

        (await Edgeop.OkAsync("suspend", "cli-steered", "--reason", "a test")).Should().Contain("edgeop hub resume cli-steered");
        agent.Status.Suspended.Should().BeTrue();
        (await Edgeop.OkAsync("resume", "cli-steered")).Should().Be("Resumed cli-steered.\n");
        (await Edgeop.OkAsync("reconcile", "cli-steered")).Should().Contain("hub@");
        var (refused, _, why) = await Edgeop.RunAsync(["restart", "cli-steered", "file/greeting"]);

        refused.Should().Be(1);
        why.Should().Be("error: cli-steered answers: ConfigFile/greeting can't be restarted: only modules and virtual machines can\n");
        agent.Events().Should().Contain(e => e.Reason == "Suspended" && e.User == $"admin at {Hub.Host}");
    }

    [Fact]
    public async Task A_device_that_is_away_can_t_be_steered_and_only_force_removes_it()
    {
        await Hub.CreateDeviceAsync("cli-away");

        var (steered, _, away) = await Edgeop.RunAsync(["reconcile", "cli-away"]);
        var (refused, _, hint) = await Edgeop.RunAsync(["devices", "decommission", "cli-away"]);
        var forced = await Edgeop.OkAsync("devices", "decommission", "cli-away", "--force");

        steered.Should().Be(1);
        away.Should().Contain("Timed out waiting for device to connect");
        refused.Should().Be(1);
        hint.Should().Contain("force");
        forced.Should().Contain("could not be told");
    }

    private static void ShouldBe(string format, string answer, params string[] verb)
    {
        var words = string.Join(' ', verb);
        if (format == "json")
            JsonNode.Parse(answer).Should().NotBeNull(words);
        else
            answer.Should().NotBeEmpty(words).And.NotStartWith("{\"");
    }
}
