using EdgeOperator.Agent.Clock;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Agent.Tests.Clock;

/// <summary>A revision proves itself, or fails to, while somebody sets the wall clock again and again.</summary>
public class ClockStepProperties
{
    private static readonly ResourceId Web = new(KindNames.ConfigFile, "web");

    private static readonly DesiredState Desired = DesiredState.Empty with
    {
        Revision = "new",
        Resources = DesiredState.Empty.Resources.Add(Web, new ConfigFileResource { Id = Web, Origin = new("web.yaml", 1, 1), File = new() { Path = "/etc/web", Content = default } }),
    };

    /// <param name="Seconds">How much time really passes.</param>
    /// <param name="StepHours">How far the wall clock is set besides.</param>
    /// <param name="Restarts">Whether the agent restarts.</param>
    private sealed record Moment(int Seconds, int StepHours, bool IsReady, bool Restarts);

    private static Arbitrary<Moment[]> Histories { get; } = (
        from seconds in Gen.Choose(0, 40)
        from step in Gen.Elements(0, 0, 0, -1, 1, -24, 24, -24 * 365)
        from ready in Gen.Elements(true, true, false)
        from restarts in Gen.Frequency((9, Gen.Constant(false)), (1, Gen.Constant(true)))
        select new Moment(seconds, step, ready, restarts)).ArrayOf().ToArbitrary();

    [Fact]
    public void The_verdicts_are_those_of_a_wall_clock_that_nobody_sets() => Prop.ForAll(
        Histories, history => Verdicts(history).SequenceEqual(Verdicts([.. history.Select(moment => moment with { StepHours = 0 })]))).QuickCheckThrowOnFailure();

    private static List<string> Verdicts(Moment[] history)
    {
        var time = new ManualTime();
        var clock = new SteadyClock(time, saved: null, "boot");
        var ledger = new RevisionLedger { LastGood = "good" }.Begin("new", clock.GetUtcNow()).MarkApplying(clock.GetUtcNow());
        var verdicts = new List<string>();
        foreach (var moment in history)
        {
            var saved = clock.Read();
            time.Step(TimeSpan.FromHours(moment.StepHours));
            time.Pass(TimeSpan.FromSeconds(moment.Seconds));
            if (moment.Restarts)
            {
                clock = new(time, saved, "boot");
                ledger = ledger.Shift(clock.Shift).MarkInterrupted(clock.GetUtcNow());
            }

            var report = new ReadinessReport(Web, moment.IsReady ? ReadinessLevel.Ready : ReadinessLevel.Failed, "InSync", "in words");
            var judgement = RevisionGate.Judge(ledger, new(Desired, [report]), new(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(20)), clock.GetUtcNow());
            ledger = judgement.Ledger;
            verdicts.Add(judgement.Verdict.GetType().Name);
        }

        return verdicts;
    }
}
