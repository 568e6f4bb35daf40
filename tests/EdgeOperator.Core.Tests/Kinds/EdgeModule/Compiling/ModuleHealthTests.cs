using EdgeOperator.Core.Kinds.EdgeModule;

namespace EdgeOperator.Core.Tests.Kinds.EdgeModule.Compiling;

public sealed class ModuleHealthTests
{
    [Fact]
    public void An_exec_probe_becomes_the_engine_s_own_health_check_in_nanoseconds()
    {
        var compiled = Compiling.Plain(spec => spec with
        {
            Health = new()
            {
                Exec = new(["/bin/check", "now"]),
                Interval = TimeSpan.FromSeconds(5),
                Timeout = TimeSpan.FromMilliseconds(1500),
                StartPeriod = TimeSpan.FromMinutes(1),
                Retries = 2,
                StableFor = TimeSpan.FromSeconds(30),
            },
        });

        compiled.Body["Healthcheck"]!.ToJsonString().Should().Be(
            """{"Interval":5000000000,"Retries":2,"StartPeriod":60000000000,"Test":["CMD","/bin/check","now"],"Timeout":1500000000}""");
        compiled.Container!.Probe.Should().BeNull();
        compiled.Container.StableFor.Should().Be(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void What_an_exec_probe_leaves_open_is_the_engine_s_choice() =>
        Compiling.Plain(spec => spec with { Health = new() { Exec = new(["x"]) } })
            .Body["Healthcheck"]!.ToJsonString().Should().Be("""{"Test":["CMD","x"]}""");

    [Fact]
    public void An_http_probe_is_the_agent_s_and_leaves_the_container_as_it_is()
    {
        var compiled = Compiling.Plain(spec => spec with { Health = new() { Http = new(8080, "/ready"), Interval = TimeSpan.FromSeconds(1), Retries = 5 } });

        compiled.Container!.Probe.Should().Be(new NetworkProbe(8080, "/ready") { Interval = TimeSpan.FromSeconds(1), Retries = 5 });
        compiled.Container.Hash.Should().Be(Compiling.Spec("{}").Container!.Hash);
    }

    [Fact]
    public void A_tcp_probe_keeps_the_defaults_of_a_probe() =>
        Compiling.Plain(spec => spec with { Health = new() { Tcp = new(22) } }).Container!.Probe.Should().Be(new NetworkProbe(22, null));

    [Fact]
    public void Without_a_probe_there_may_still_be_a_time_to_stay_ready()
    {
        var container = Compiling.Plain(spec => spec with { Health = new() { StableFor = TimeSpan.FromSeconds(9) } }).Container!;
        container.Probe.Should().BeNull();
        container.StableFor.Should().Be(TimeSpan.FromSeconds(9));
    }
}
