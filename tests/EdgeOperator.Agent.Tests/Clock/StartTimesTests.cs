using EdgeOperator.Agent.Clock;

namespace EdgeOperator.Agent.Tests.Clock;

public class StartTimesTests
{
    private static readonly DateTimeOffset Noon = ManualTime.Noon;

    private readonly ManualTime _time = new();
    private readonly StartTimes _starts;

    public StartTimesTests() => _starts = new(new SteadyClock(_time, saved: null, "boot"));

    [Fact]
    public void What_was_there_before_us_is_as_old_as_it_says() => _starts.Of("web", Noon.AddHours(-3)).Should().Be(Noon.AddHours(-3));

    [Fact]
    public void Nothing_begins_in_the_future() => _starts.Of("web", Noon.AddHours(1)).Should().Be(Noon);

    [Fact]
    public void A_run_keeps_its_time()
    {
        var first = _starts.Of("web", Noon.AddMinutes(-1));
        _time.Step(TimeSpan.FromHours(5));
        _time.Pass(TimeSpan.FromSeconds(9));

        _starts.Of("web", Noon.AddMinutes(-1)).Should().Be(first);
    }

    [Fact]
    public void Another_run_begins_when_it_is_first_seen()
    {
        _starts.Of("web", Noon.AddMinutes(-1));
        _time.Pass(TimeSpan.FromSeconds(9));
        _time.Step(TimeSpan.FromHours(-1));

        _starts.Of("web", Noon.AddHours(-1).AddSeconds(8)).Should().Be(Noon.AddSeconds(9));
    }

    [Fact]
    public void What_was_not_there_at_the_last_look_is_no_older_than_that()
    {
        _starts.EndLook([]);
        _time.Pass(TimeSpan.FromSeconds(5));
        _time.Step(TimeSpan.FromHours(1));

        _starts.Of("web", Noon.AddHours(-2)).Should().Be(Noon);
    }

    [Fact]
    public void The_order_of_runs_is_that_of_the_looks_that_saw_them_first_whatever_a_clock_says()
    {
        _starts.Of("web", Noon);
        _starts.EndLook(["web"]);
        _starts.Of("db", Noon.AddHours(-1));
        _starts.EndLook(["web", "db"]);

        _starts.FirstLookAt("web").Should().Be(0);
        _starts.FirstLookAt("db").Should().Be(1);

        _starts.Of("web", Noon.AddHours(-2));
        _starts.FirstLookAt("web").Should().Be(2);
    }

    [Fact]
    public void What_is_gone_is_forgotten()
    {
        _starts.Of("web", Noon.AddMinutes(-1));
        _starts.EndLook([]);
        _time.Pass(TimeSpan.FromSeconds(5));

        _starts.Of("web", Noon.AddMinutes(-1)).Should().Be(Noon);
    }
}
