using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Tests.Manifests;

namespace EdgeOperator.Core.Tests.Kinds.Secret;

public sealed class SecretReferenceTests
{
    private static readonly ResourceId Db = new("Secret", "db");

    [Fact]
    public void A_reference_stands_for_the_value_and_names_a_digest_of_it()
    {
        var module = Module(Secrets.Read(("a.yaml", Reading.Module("env: {DSN: 'postgres://app:${secrets.db.password}@db'}"))));

        module.Container.CreateBody.Should().Contain($"postgres://app:${{secrets.db.password#{Secrets.Digest}}}@db").And.NotContain("hunter2");
        module.DependsOn.Should().Equal(Db);
    }

    [Fact]
    public void A_changed_value_changes_what_uses_it_and_nothing_else()
    {
        string[] manifests = [Reading.Module("env: {A: '${secrets.db.password}'}"), Reading.Module("env: {A: b}", "other")];
        var (before, after) = (Secrets.Read(("a.yaml", manifests[0]), ("b.yaml", manifests[1])), Secrets.Read(new Secrets.Opening(Secrets.Digest.Replace('1', '2')), ("a.yaml", manifests[0]), ("b.yaml", manifests[1])));

        Module(after).SpecHash.Should().NotBe(Module(before).SpecHash);
        Module(after, "other").SpecHash.Should().Be(Module(before, "other").SpecHash);
    }

    [Theory]
    [InlineData("args: ['${secrets.db.password}']", "spec.args[0] can't hold a secret")]
    [InlineData("labels: {a: '${secrets.db.password}'}", "spec.labels.a can't hold a secret")]
    [InlineData("workingDir: '/${secrets.db.password}'", "spec.workingDir can't hold a secret")]
    [InlineData("volumes: ['/${secrets.db.password}:/x']", "can't hold a secret")]
    [InlineData("createOptions: {Cmd: ['${secrets.db.password}']}", "Cmd can't hold a secret")]
    [InlineData("createOptions: {Labels: {a: '${secrets.db.password}'}}", "Labels can't hold a secret")]
    [InlineData("createOptions: '{\"Hostname\": \"${secrets.db.password}\"}'", "Hostname can't hold a secret")]
    [InlineData("createOptions: {Env: ['${secrets.db.password}=x']}", "the name of a variable can't hold a secret")]
    [InlineData("env: {A: '${secrets.db.user}'}", "the Secret db has no key `user` (a.yaml:7:12)")]
    [InlineData("env: {A: '${secrets.bd.password}'}", "there is no Secret bd for this device (a.yaml:7:12): did you mean `secrets.db.password`?")]
    [InlineData("env: {A: '${secrets.db.password:-hunter1}'}", "`secrets.db.password` has a default, which would stand in clear (a.yaml:7:12)")]
    [InlineData("env: {A: '${secrets.db}'}", "the variable `secrets.db` is not known")]
    [InlineData("secretFiles: [{path: /x, content: a}, {path: /x, content: b}]", "two of the secretFiles have the path `/x`")]
    public void A_secret_where_it_would_be_seen_or_that_is_not_there_is_a_problem(string spec, string problem) =>
        Secrets.Read(("a.yaml", Reading.Module(spec))).Problems.Select(p => p.ToString()).Should().Contain(p => p.Contains(problem)).And.NotContain(p => p.Contains("hunter2"));

    [Fact]
    public void A_file_s_content_may_hold_a_secret_and_is_its_owner_s_alone_unless_the_manifest_says_otherwise()
    {
        var plain = Secrets.Read(("a.yaml", Reading.ConfigFile("content: 'p=${secrets.db.password}'")));
        plain.File().Should().Match<Core.Kinds.ConfigFile.ConfigFileSpec>(file => file.HoldsSecrets && file.Mode == Convert.ToInt32("600", 8));
        plain.State!.Resources[new("ConfigFile", "motd")].DependsOn.Should().Equal(Db);

        Secrets.Read(("a.yaml", Reading.ConfigFile("content: 'p=${secrets.db.password}'\nmode: '0640'"))).File().Mode.Should().Be(Convert.ToInt32("640", 8));
        Secrets.Read(("a.yaml", Reading.ConfigFile("content: 'p=$${secrets.db.password}'"))).File().Should().Match<Core.Kinds.ConfigFile.ConfigFileSpec>(file => !file.HoldsSecrets && file.Mode == Convert.ToInt32("644", 8));
        Secrets.Read(new Secrets.Opening(Secrets.Digest.Replace('1', '2')), ("a.yaml", Reading.ConfigFile("content: 'p=${secrets.db.password}'"))).File().ContentHash.Should().NotBe(plain.File().ContentHash);
    }

    [Fact]
    public void References_in_quoted_JSON_need_no_escaping() =>
        Module(Secrets.Read(("a.yaml", Reading.Module("createOptions: '{\"Env\": [\"A=${secrets.db.password}\"]}'")))).Container.CreateBody.Should().Contain("A=${secrets.db.password#");

    [Fact]
    public void What_is_shown_of_a_manifest_names_the_secret_without_its_digest()
    {
        var read = Secrets.Read(("a.yaml", Reading.Module("env: {PASSWORD: '${secrets.db.password}'}")));

        read.State!.Manifests[new("EdgeModule", "web")].ToJson().ToJsonString().Should().Contain("${secrets.db.password}").And.NotContain(Secrets.Digest);
        Redaction.Text("PASSWORD", $"${{secrets.db.password#{Secrets.Digest}}}").Should().Be("${secrets.db.password}");
        Redaction.Text("DSN", $"http://app:${{secrets.db.password#{Secrets.Digest}}}@db").Should().NotContain(Secrets.Digest);
    }

    [Fact]
    public void A_plan_says_that_a_secret_has_another_value()
    {
        string manifest = Reading.Module("env: {PASSWORD: '${secrets.db.password}'}");
        var (before, after) = (Secrets.Read(("a.yaml", manifest)).State!, Secrets.Read(new Secrets.Opening(Secrets.Digest.Replace('1', '2')), ("a.yaml", manifest)).State!);
        var plan = new Plan([new PullImage(new("EdgeModule", "web"), "", "nginx:1", Optional: false)], []);

        PlanDetail.Of(plan, after, before).Fields.Values.Single().Single().ToString().Should().Be("env.PASSWORD: ${secrets.db.password} (another value)");
    }

    [Fact]
    public void A_function_app_s_settings_may_hold_secrets() =>
        Secrets.Read(("app/host.json", "{\"version\": \"2.0\"}"), ("a.yaml", Reading.FunctionApp("package: app\nsettings: {KEY: '${secrets.db.password}'}"))).State!.Resources.Values.OfType<FunctionAppResource>().Single()
            .Should().Match<FunctionAppResource>(app => app.App.Settings["KEY"].Contains(Secrets.Digest) && app.DependsOn.Contains(Db));

    [Fact]
    public void Registry_credentials_of_a_module_are_those_of_its_image_s_registry()
    {
        var read = Secrets.Read(("a.yaml", Reading.Module("registryCredentials: {username: app, password: '${secrets.db.password}'}").Replace("nginx:1", "r.example.com/nginx:1", StringComparison.Ordinal)));

        read.State!.RegistryCredentials.Single().Should().Match<RegistryCredential>(login => login.Address == "r.example.com" && login.Username == "app" && login.Password.Contains(Secrets.Digest));
        Module(read).SpecHash.Should().Be(Module(Secrets.Read(("a.yaml", Reading.Module().Replace("nginx:1", "r.example.com/nginx:1", StringComparison.Ordinal)))).SpecHash);
    }

    [Fact]
    public void Modules_of_an_IoT_Edge_deployment_may_refer_to_secrets()
    {
        var read = Secrets.Read(("deployment.json", """
            {"modulesContent": {"$edgeAgent": {"properties.desired": {"schemaVersion": "1.1", "modules": {"web": {"type": "docker", "status": "running", "restartPolicy": "always",
              "settings": {"image": "nginx:1"}, "env": {"PASSWORD": {"value": "${secrets.db.password}"}}}}}}}}
            """));

        Module(read).Should().Match<EdgeModuleResource>(module => module.Container.CreateBody.Contains(Secrets.Digest) && module.DependsOn.Contains(Db));
    }

    [Fact]
    public void Without_a_device_a_reference_is_checked_as_far_as_the_manifests_go()
    {
        Reading.Files(RenderContext.AnyDevice, ("a.yaml", Reading.Module("env: {A: '${secrets.db.user}'}")), ("db.yaml", Secrets.Encrypted(Secrets.Plain()))).Problems
            .Should().ContainSingle().Which.ToString().Should().Contain("the Secret db has no key `user`");
        Reading.Files(RenderContext.AnyDevice, ("a.yaml", Reading.Module("env: {A: '${secrets.elsewhere.user}'}"))).Warnings
            .Should().ContainSingle().Which.ToString().Should().Contain("the Secret elsewhere is not among these manifests");
    }

    private static EdgeModuleResource Module(ReadResult read, string name = "web")
    {
        read.Problems.Should().BeEmpty();
        return (EdgeModuleResource)read.State!.Resources[new("EdgeModule", name)];
    }
}
