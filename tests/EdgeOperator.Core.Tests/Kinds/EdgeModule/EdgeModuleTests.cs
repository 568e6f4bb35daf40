using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Tests.Manifests;

namespace EdgeOperator.Core.Tests.Kinds.EdgeModule;

public sealed class EdgeModuleTests
{
    [Fact]
    public void A_name_of_one_letter_is_refused_since_engines_refuse_it() =>
        Reading.Yaml(Reading.Module(name: "a")).Problems.Should().ContainSingle().Which.Should().Match<Problem>(p => p.What == "`a` can't name a container" && p.Where.Line == 4);

    [Fact]
    public void A_module_needs_only_an_image_and_has_defaults_for_the_rest()
    {
        var container = Reading.Yaml(Reading.Module()).Container();

        container.Should().BeEquivalentTo(new
        {
            Name = "web",
            Image = "nginx:1",
            PullPolicy = ImagePullPolicy.OnCreate,
            Restart = RestartPolicy.OnUnhealthy,
            Power = ModulePower.Running,
            StartupOrder = uint.MaxValue,
            UpdateStrategy = UpdateStrategy.Recreate,
            Probe = (NetworkProbe?)null,
            StableFor = (TimeSpan?)null,
            StopTimeout = (TimeSpan?)null,
            Target = "host",
        });
        container.Networks.Should().BeEmpty();
        container.Volumes.Should().BeEmpty();
    }

    [Fact]
    public void What_is_wrong_in_createOptions_is_told_beside_all_else()
    {
        var complaints = Reading.Yaml(Reading.Module(
            """
            imgae: nginx
            createOptions: {HostConfig: {Memory: lots, MemorySwap: 5}}
            """)).Complaints();

        complaints.Should().Contain("imgae").And.Contain("Memory").And.Contain("MemorySwap");
    }

    [Fact]
    public void Every_plain_field_reaches_the_container()
    {
        var container = Reading.Yaml(Reading.Module(
            """
            imagePullPolicy: never
            command: [/bin/app, 1]
            args: [--verbose]
            workingDir: /srv
            env: {A: 1, B: "true"}
            ports: ["8080:80"]
            volumes: ["data:/data:ro"]
            networks: [back]
            resources: {cpus: 500m, memory: 64Mi}
            user: 1000:1000
            readOnly: true
            labels: {com.example/tier: front}
            restartPolicy: on-failed
            status: stopped
            startupOrder: 3
            health: {tcp: {port: 80}, interval: 5s, timeout: 1s, retries: 2, startPeriod: 1m, stableFor: 20s}
            stopTimeout: 1m30s
            """)).Container();

        container.Should().BeEquivalentTo(new
        {
            PullPolicy = ImagePullPolicy.Never,
            Restart = RestartPolicy.OnFailed,
            Power = ModulePower.Stopped,
            StartupOrder = 3u,
            StableFor = TimeSpan.FromSeconds(20),
            StopTimeout = TimeSpan.FromSeconds(90),
            Probe = new NetworkProbe(80, null) { Interval = TimeSpan.FromSeconds(5), Timeout = TimeSpan.FromSeconds(1), Retries = 2, StartPeriod = TimeSpan.FromMinutes(1) },
        });
        container.Networks.Should().Equal("back");
        container.Volumes.Should().Equal("data");
        var body = JsonNode.Parse(container.CreateBody)!;
        body["Entrypoint"]!.ToJsonString().Should().Be("""["/bin/app","1"]""");
        body["Cmd"]!.ToJsonString().Should().Be("""["--verbose"]""");
        body["WorkingDir"]!.ToString().Should().Be("/srv");
        body["Env"]!.ToJsonString().Should().Be("""["A=1","B=true"]""");
        body["User"]!.ToString().Should().Be("1000:1000");
        body["Labels"]!.ToJsonString().Should().Be("""{"com.example/tier":"front"}""");
        body["HostConfig"]!["NanoCpus"]!.GetValue<long>().Should().Be(500_000_000);
        body["HostConfig"]!["Memory"]!.GetValue<long>().Should().Be(64 << 20);
        body["HostConfig"]!["ReadonlyRootfs"]!.GetValue<bool>().Should().BeTrue();
    }

    [Fact]
    public void StartFirst_is_understood() =>
        Reading.Yaml(Reading.Module("updateStrategy: StartFirst")).Container().UpdateStrategy.Should().Be(UpdateStrategy.StartFirst);

    [Theory]
    [InlineData("imagePullPolicy: IfNotPresent", "spec.imagePullPolicy: `IfNotPresent` is another system's word (a.yaml:7:20): write `if-not-present`")]
    [InlineData("imagePullPolicy: Never", "write `never`")]
    [InlineData("restartPolicy: Always", "write `always`")]
    [InlineData("restartPolicy: OnFailure", "write `on-failed`")]
    public void The_words_of_Kubernetes_are_taken_with_a_hint(string spec, string warning)
    {
        var result = Reading.Yaml(Reading.Module(spec));

        result.Problems.Should().BeEmpty();
        result.Warnings.Single().ToString().Should().EndWith(warning);
    }

    [Fact]
    public void The_word_on_failure_of_IoT_Edge_is_as_good_as_on_failed()
    {
        var result = Reading.Yaml(Reading.Module("restartPolicy: on-failure"));

        result.Container().Restart.Should().Be(RestartPolicy.OnFailed);
        result.Warnings.Should().BeEmpty();
    }

    [Theory]
    [InlineData("imagePullPolicy: Always", "write `on-create`, which pulls for each new or changed module")]
    [InlineData("command: sleep 5", "spec.command must be a list, not the string `sleep 5` (a.yaml:7:12): write [sleep 5], or a line with `- ` for each item")]
    [InlineData("command: []", "spec.command is empty (a.yaml:7:12)")]
    [InlineData("startupOrder: -1", "spec.startupOrder must be a whole number from 0 to 4294967295, not the number -1")]
    [InlineData("startupOrder: \"1\"", "remove the quotes")]
    [InlineData("stopTimeout: 30", "add a unit: `30s`")]
    [InlineData("readOnly: yes", "spec.readOnly must be true or false, not the string `yes` (a.yaml:7:13): write true or false, without quotes")]
    [InlineData("user: \"\"", "spec.user must be a user, or user:group, by name or number, not the string ``")]
    [InlineData("labels: {edgeoperator.io/x: y}", "`edgeoperator.io/x` in spec.labels is not a label that manifests may set (a.yaml:7:12)")]
    [InlineData("networks: [a b]", "spec.networks[0] must be a name of letters, digits, `.`, `_` and `-`, not the string `a b`")]
    [InlineData("target: vm-1", "EdgeModule/web should run in VirtualMachine/vm-1, which is not desired on this device (a.yaml:7:11): add it, or write `host`")]
    [InlineData("target: VM_1", "spec.target must be `host` or a VirtualMachine's name, not the string `VM_1` (a.yaml:7:11)")]
    [InlineData("createOptions: 5", "spec.createOptions must be a mapping, or a mapping as a JSON string, not the number 5")]
    [InlineData("createOptions: '{\"Env\": '", "createOptions")]
    [InlineData("health: {exec: {}}", "spec.health.exec.command is missing")]
    [InlineData("health: {http: {port: 80, path: health}}", "spec.health.http.path must be a path that starts with `/`, not the string `health`")]
    [InlineData("workingDir: \"a\\nb\"", "remove line ends and control characters")]
    public void A_wrong_value_is_refused_with_what_to_do(string spec, string problem) =>
        Reading.Yaml(Reading.Module(spec)).Complaints().Should().Contain(problem);

    [Fact]
    public void A_field_without_a_value_counts_as_absent() =>
        Reading.Yaml(Reading.Module("env:\nports: ~\nhealth: null\nrestartPolicy:")).Container().Restart.Should().Be(RestartPolicy.OnUnhealthy);
}
