namespace EdgeOperator.Core.Tests.Kinds.EdgeModule.Compiling;

public sealed class NoEffectTests
{
    [Theory]
    [InlineData("""{"HostConfig": {"NetworkMode": "host", "PortBindings": {"80/tcp": [{"HostPort": "80"}]}}}""", "HostConfig.PortBindings has no effect: the container has the host's network")]
    [InlineData("""{"HostConfig": {"NetworkMode": "none", "PublishAllPorts": true}}""", "HostConfig.PublishAllPorts has no effect: the container has no network")]
    [InlineData("""{"NetworkDisabled": true, "HostConfig": {"PortBindings": {"80/tcp": [{"HostPort": "80"}]}}}""", "NetworkDisabled leaves the container without a network")]
    [InlineData("""{"HostConfig": {"Privileged": true, "CapAdd": ["NET_ADMIN"]}}""", "HostConfig.CapAdd has no effect: a privileged container has it all")]
    [InlineData("""{"HostConfig": {"Privileged": true, "Devices": [{"PathOnHost": "/dev/x", "PathInContainer": "/dev/x"}]}}""", "HostConfig.Devices has no effect")]
    [InlineData("""{"HostConfig": {"OomKillDisable": true}}""", "HostConfig.OomKillDisable has no effect")]
    [InlineData("""{"HostConfig": {"CpuPercent": 50}}""", "only engines of Windows containers know it")]
    [InlineData("""{"HostConfig": {"KernelMemory": 8000000}}""", "kernels and engines no longer know it")]
    [InlineData("""{"HostConfig": {"AutoRemove": true}}""", "HostConfig.AutoRemove has no effect")]
    [InlineData("""{"Healthcheck": {"Test": ["NONE"], "Retries": 3}}""", "Healthcheck.Retries has no effect: Healthcheck.Test is NONE")]
    [InlineData("""{"HostConfig": {"LogConfig": {"Type": "none", "Config": {"max-size": "1m"}}}}""", "the log driver none keeps nothing")]
    [InlineData("""{"StdinOnce": true}""", "StdinOnce has no effect: OpenStdin is not set")]
    [InlineData("""{"OnBuild": ["RUN x"]}""", "OnBuild has no effect")]
    [InlineData("""{"Env": ["A=1", "A=2"]}""", "createOptions.Env sets A more than once")]
    [InlineData("""{"Binds": ["/a:/b"]}""", "the field `Binds` has no effect in createOptions: the engine knows it in createOptions.HostConfig alone")]
    [InlineData("""{"HostConfig": {"Env": ["A=1"]}}""", "the field `Env` has no effect in createOptions.HostConfig: the engine knows it in createOptions itself alone")]
    public void A_setting_without_an_effect_is_warned_of(string options, string what)
    {
        var compiled = Compiling.With(options);

        compiled.Complaints.Should().BeEmpty();
        compiled.Problems.Warnings.Should().ContainSingle().Which.What.Should().Contain(what);
    }

    [Theory]
    [InlineData("""{"HostConfig": {"NetworkMode": "host"}}""")]
    [InlineData("""{"HostConfig": {"Privileged": true, "Devices": [{"PathOnHost": "/dev/x", "PathInContainer": "/dev/y"}]}}""")]
    [InlineData("""{"HostConfig": {"OomKillDisable": true, "Memory": 8000000}}""")]
    [InlineData("""{"Env": ["A=1", "B=1"], "NewerField": 1}""")]
    public void Others_are_not(string options) => Compiling.With(options).Problems.Warnings.Should().BeEmpty();

    [Fact]
    public void Variables_that_env_sets_too_are_warned_of() => Compiling
        .With("""{"Env": ["A=1", "B=1"]}""", spec => spec with { Env = spec.Env.Add("A", "2") })
        .Problems.Warnings.Should().ContainSingle().Which.What.Should().Be("A in createOptions.Env has no effect: `env` sets it too");

    [Fact]
    public void Ports_of_a_module_on_the_host_s_network_are_warned_of_where_they_stand() => Compiling
        .Spec("""{"networks": ["host"], "ports": ["80:80"]}""", spec => spec with { Networks = ["host"], Ports = [new(80, 80, "tcp", null)] })
        .Problems.Warnings.Should().ContainSingle().Which.Where.Column.Should().Be(24);

    [Fact]
    public void Times_of_a_health_check_without_a_probe_are_warned_of() => Compiling
        .Spec("""{"health": {"interval": "5s", "stableFor": "1m"}}""", spec => spec with { Health = new() { Interval = TimeSpan.FromSeconds(5), StableFor = TimeSpan.FromMinutes(1) } })
        .Problems.Warnings.Should().ContainSingle().Which.What.Should().Be("health.interval has no effect without a probe");
}
