using EdgeOperator.Core.Kinds.EdgeModule;

namespace EdgeOperator.Core.Tests.Kinds.EdgeModule.Compiling;

public sealed class ModuleRestartTests
{
    [Theory]
    [InlineData(RestartPolicy.Always, "unless-stopped")]
    [InlineData(RestartPolicy.OnUnhealthy, "unless-stopped")]
    [InlineData(RestartPolicy.OnFailed, "on-failure")]
    [InlineData(RestartPolicy.Never, "no")]
    public void The_policy_becomes_the_engine_s_so_that_modules_outlive_the_agent(RestartPolicy policy, string engine)
    {
        var compiled = Compiling.Plain(spec => spec with { RestartPolicy = policy });

        compiled.Body["HostConfig"]!["RestartPolicy"]!["Name"]!.GetValue<string>().Should().Be(engine);
        compiled.Container!.Restart.Should().Be(policy);
    }

    [Fact]
    public void A_policy_in_createOptions_wins() =>
        Compiling.With("""{"HostConfig": {"RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3}}}""", spec => spec with { RestartPolicy = RestartPolicy.Always })
            .Body["HostConfig"]!["RestartPolicy"]!.ToJsonString().Should().Be("""{"MaximumRetryCount":3,"Name":"on-failure"}""");

    [Fact]
    public void A_container_stays_until_the_agent_has_seen_how_it_ended()
    {
        var compiled = Compiling.With("""{"HostConfig": {"AutoRemove": true}}""");

        compiled.Body["HostConfig"]!["AutoRemove"]!.GetValue<bool>().Should().BeFalse();
        compiled.Body["HostConfig"]!["RestartPolicy"]!["Name"]!.GetValue<string>().Should().Be("unless-stopped");
    }

    [Theory]
    [InlineData(1.0, 1)]
    [InlineData(1.5, 2)]
    [InlineData(90, 90)]
    public void The_engine_is_told_the_time_to_stop(double seconds, int expected) =>
        Compiling.With("""{"StopTimeout": 7}""", spec => spec with { StopTimeout = TimeSpan.FromSeconds(seconds) }).Body["StopTimeout"]!.GetValue<int>().Should().Be(expected);

    [Fact]
    public void The_time_to_stop_comes_from_the_spec_or_else_from_createOptions()
    {
        Compiling.With("""{"StopTimeout": 7}""").Container!.StopTimeout.Should().Be(TimeSpan.FromSeconds(7));
        Compiling.With("""{"StopTimeout": 7}""", spec => spec with { StopTimeout = TimeSpan.FromSeconds(1) }).Container!.StopTimeout.Should().Be(TimeSpan.FromSeconds(1));
        Compiling.Spec("{}").Container!.StopTimeout.Should().BeNull();
    }
}
