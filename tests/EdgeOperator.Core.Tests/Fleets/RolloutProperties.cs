using System.Collections.Immutable;
using EdgeOperator.Core.Fleets;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Core.Tests.Fleets;

/// <summary>What holds whatever happens: devices fail, vanish, come and go, commits arrive, people order, twins are not written.</summary>
public sealed class RolloutProperties
{
    private const int MaxUnavailable = 2;
    private const int MinAvailable = 4;
    private const int MaxDownloads = 3;
    private const int Devices = 12;

    private static readonly string[] Revisions = [FleetSimulation.Old, FleetSimulation.New, FleetSimulation.Fix];

    private static readonly Gen<RolloutPolicy> Policies =
        from batches in Gen.Elements<ImmutableArray<BatchPolicy>>([], [new("one", null, new(1, false)), new("half", null, new(50, true))], [new("canary", FleetSimulation.Selector("store", "a")), new("few", null, new(3, false)) { Approval = Approval.Manual }])
        from threshold in Gen.Elements(0, 50, 90, 100)
        from soak in Gen.Elements(0, 10)
        from onFailure in Gen.Elements(FailureAction.Pause, FailureAction.RollBack)
        from jitter in Gen.Elements(0, 20)
        from window in Gen.Elements(true, false)
        from budget in Gen.Elements(new DisruptionBudget(["store"], new(MaxUnavailable, false)), new DisruptionBudget(["store"], new(MaxUnavailable, false), new(MinAvailable, false)))
        from downloads in Gen.Elements<DownloadLimit?>(null, new(MaxDownloads, []))
        select new RolloutPolicy
        {
            Batches = batches,
            SuccessThreshold = threshold,
            Soak = TimeSpan.FromMinutes(soak),
            OnFailure = onFailure,
            Jitter = TimeSpan.FromMinutes(jitter),
            UpdateTimeout = TimeSpan.FromMinutes(30),
            DisruptionBudget = budget,
            MaxConcurrentDownloads = downloads,
            Windows = window ? [new() { Cron = "0 */2 * * *", Duration = TimeSpan.FromHours(1) }] : [],
        };

    private static readonly Gen<(int What, int Device, int Minutes)> Events =
        from what in Gen.Choose(0, 17)
        from device in Gen.Choose(1, Devices)
        from minutes in Gen.Choose(0, 40)
        select (what, device, minutes);

    [Fact]
    public void In_any_order_of_events_the_rules_hold() =>
        Prop.ForAll(Arb.From(Policies), Arb.From(Gen.ListOf(Events, 120)), (policy, events) => new Story(policy).Run(events))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(400));

    [Fact]
    public void Whatever_has_happened_a_rollout_ends_once_devices_are_there_and_succeed_and_people_want_it_to() =>
        Prop.ForAll(Arb.From(Policies), Arb.From(Gen.ListOf(Events, 40)), (policy, events) =>
        {
            // A group may be too small for what must stay available; that is said, and nobody else can help it.
            var story = new Story(policy with { DisruptionBudget = policy.DisruptionBudget! with { MinAvailable = null } });
            story.Run(events);
            story.End();
        })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    /// <summary>One order of events, with what is true of the devices beside what the engine believes.</summary>
    private sealed class Story(RolloutPolicy policy)
    {
        private readonly FleetSimulation _fleet = FleetSimulation.Of(policy, Devices, i => i <= Devices / 2 ? "store=a" : "store=b");
        private readonly HashSet<string> _touched = [];
        private readonly List<string> _history = [];

        public void Run(IEnumerable<(int What, int Device, int Minutes)> events)
        {
            _fleet.Rollout = RolloutEngine.Start("tills", policy, FleetSimulation.New, null, _fleet.Now);
            foreach (var (what, number, minutes) in events)
            {
                var name = $"till-{number}";
                var areTwinsWritten = true;
                switch (what)
                {
                    case <= 5 when Find(name) is { Assigned: { } assigned } device:
                        Set(device with { Applied = assigned, IsReady = true, IsAvailable = true, Failure = null });
                        break;
                    case 6 when Find(name) is { } device:
                        Set(device with { IsReady = false, Failure = device.Applied == device.Assigned ? null : "unhealthy" });
                        break;
                    case 7 when Find(name) is { } device:
                        Set(device with { IsReady = false, IsAvailable = false });
                        break;
                    case 8 or 9 when Find(name) is { } device:
                        Set(device with { IsConnected = !device.IsConnected });
                        break;
                    case 10:
                        if (_fleet.Devices.Remove(name))
                            _touched.Remove(name);
                        else
                            _fleet.Add(name, number % 2 == 0 ? "store=a" : "store=b");
                        break;
                    case 11:
                        _fleet.Rollout = RolloutEngine.Start("tills", policy, Revisions[minutes % 3], _fleet.Rollout, _fleet.Now);
                        break;
                    case 12:
                        Order(rollout => minutes % 2 == 0 ? RolloutOrders.Pause(rollout, "by ann") : RolloutOrders.Resume(rollout));
                        break;
                    case 13:
                        Order(minutes % 2 == 0 ? RolloutOrders.Approve : rollout => RolloutOrders.Skip(rollout, _fleet.Now));
                        break;
                    case 14 when minutes < 8:
                        Order(rollout => minutes < 2 ? RolloutOrders.Abort(rollout, "by ann", _fleet.Now) : RolloutOrders.RollBack(rollout, "by ann"));
                        break;
                    case 15:
                        areTwinsWritten = false;
                        break;
                }

                _history.Add($"{what} {name} {minutes}");
                _fleet.Now += TimeSpan.FromMinutes(minutes);
                Tick(areTwinsWritten);
            }
        }

        /// <summary>All devices come and succeed, and people let it go on.</summary>
        public void End()
        {
            for (var number = 1; number <= Devices; number++)
                if (Find($"till-{number}") is null)
                    _fleet.Add($"till-{number}", number % 2 == 0 ? "store=a" : "store=b");
            if (_fleet.Rollout.State is not (RolloutState.Progressing or RolloutState.Paused or RolloutState.Completed))
                _fleet.Rollout = RolloutEngine.Start("tills", policy, FleetSimulation.Fix, _fleet.Rollout, _fleet.Now);
            for (var ticks = 0; ticks < 200; ticks++)
            {
                foreach (var device in _fleet.Devices.Values.ToList())
                    Set(device with { IsConnected = true, Applied = device.Assigned, IsReady = true, IsAvailable = true, Failure = null });
                _fleet.Now += TimeSpan.FromMinutes(25);
                var wait = Tick(areTwinsWritten: true);
                if (wait.Reason == WaitReason.Completed)
                    break;
                Order(rollout => wait.Reason switch
                {
                    WaitReason.Approval => RolloutOrders.Approve(rollout),
                    WaitReason.NoDevices => RolloutOrders.Skip(rollout, _fleet.Now),
                    _ => RolloutOrders.Resume(rollout),
                });
            }

            _fleet.Rollout.State.Should().Be(RolloutState.Completed, "{0}", string.Join("\n", _history));
            _fleet.Devices.Values.Should().OnlyContain(device => device.Has(_fleet.Rollout.Revision));
        }

        private RolloutWait Tick(bool areTwinsWritten)
        {
            var before = _fleet.Rollout;
            var seen = _fleet.Devices.Values.ToDictionary(device => device.Name);
            var step = RolloutEngine.Tick(policy, _fleet.Devices.Values, before, _fleet.Now);
            var again = RolloutEngine.Tick(policy, [.. _fleet.Devices.Values.Reverse()], Restored(before, step), _fleet.Now);
            again.Actions.Should().Equal(step.Actions, "whoever reads the stored rollout does the same");
            again.Wait.Should().Be(step.Wait);
            again.Rollout.Devices.Should().Equal(step.Rollout.Devices);
            StoredRollout.Of(again.Rollout, again.Wait, again.Counts).Write().Should().Be(StoredRollout.Of(step.Rollout, step.Wait, step.Counts).Write());

            _fleet.Rollout = step.Rollout;
            _history.Add($"  {step.Rollout.Id} {step.Rollout.State} {step.Wait.Message}: {string.Join(", ", step.Actions.Select(a => $"{a.Device}={a.Revision[..1]}"))} | {string.Join(" ", step.Rollout.Devices.OrderBy(d => d.Key).Select(d => $"{d.Key[5..]}{d.Value.State}"))}");
            step.Wait.Message.Should().NotBeEmpty("there is always a reason");
            (step.Actions.Length > 0).Should().Be(step.Wait.Reason == WaitReason.Moving);
            foreach (var (name, record) in step.Rollout.Devices)
            {
                if (record.State == DeviceState.Updated)
                    seen[name].Has(step.Rollout.Revision).Should().BeTrue("only who reports this very revision and Ready is updated");
                if (record.IsExcused)
                    _touched.Remove(name);
            }

            if (!new RolloutWindow(policy.Windows, _fleet.Now).IsOpen && step.Rollout.State is RolloutState.Progressing or RolloutState.Completed)
                step.Actions.Where(action => before.Devices.GetValueOrDefault(action.Device) is not { State: DeviceState.Updating or DeviceState.RollingBack }).Should().BeEmpty("nothing begins outside of windows");
            CheckBatches(before, step);
            CheckLimits(before, step, seen);
            if (!areTwinsWritten)
                return step.Wait;
            foreach (var action in step.Actions)
            {
                Set(_fleet.Devices[action.Device] with { Assigned = action.Revision, Failure = null, IsReady = _fleet.Devices[action.Device].IsReady && _fleet.Devices[action.Device].Applied == action.Revision });
                if (_fleet.Devices[action.Device].Has(action.Revision))
                    continue;
                _touched.Add(action.Device);
            }

            foreach (var store in (string[])["a", "b"])
                _touched.Count(name => _fleet.Devices[name].Labels["store"] == store).Should().BeLessThanOrEqualTo(MaxUnavailable, "the budget holds: {0}", string.Join("\n", _history));
            return step.Wait;
        }

        // Once a batch has begun its members stay, and it ends only when none of them is under way and enough of them have the revision.
        private static void CheckBatches(Rollout before, RolloutStep step)
        {
            foreach (var (name, record) in step.Rollout.Devices)
                if (before.Devices.GetValueOrDefault(name) is { Batch: >= 0 } known)
                    record.Batch.Should().Be(known.Batch, "members stay members");
            for (var batch = 0; batch < step.Rollout.Batches.Length; batch++)
            {
                var (ended, counts) = (step.Rollout.Batches[batch], step.Counts[batch]);
                if (ended.State != BatchState.Completed || before.Batches[batch].State == BatchState.Completed || counts.Judged == 0)
                    continue;
                (counts.Pending + counts.Updating).Should().Be(0);
                ((counts.Judged - (counts.Failed - counts.Excused)) * 100).Should().BeGreaterThanOrEqualTo(ended.SuccessThreshold * counts.Judged, "each batch has its own threshold, the last one too");
            }
        }

        private void CheckLimits(Rollout before, RolloutStep step, Dictionary<string, FleetDevice> seen)
        {
            if (policy.MaxConcurrentDownloads is not null && Fetching(step.Rollout, seen) is var fetching && fetching.Except(Fetching(before, seen)).Any(name => step.Actions.Any(action => action.Device == name)))
                fetching.Count.Should().BeLessThanOrEqualTo(MaxDownloads, "no more fetch at once: {0}", string.Join("\n", _history));
            if (policy.DisruptionBudget!.MinAvailable is null)
                return;
            foreach (var store in step.Actions.Select(action => seen[action.Device]).Where(device => device.IsAvailable && before.Devices.GetValueOrDefault(device.Name)?.IsBusy != true).Select(device => device.Labels["store"]).Distinct())
                seen.Values.Count(device => device.Labels["store"] == store && device is { IsConnected: true, IsAvailable: true } && !step.Rollout.Devices[device.Name].IsBusy)
                    .Should().BeGreaterThanOrEqualTo(MinAvailable, "enough of them stay available: {0}", string.Join("\n", _history));
        }

        private static HashSet<string> Fetching(Rollout rollout, Dictionary<string, FleetDevice> seen) =>
        [
            .. rollout.Devices.Where(device => device.Value is { State: DeviceState.Updating or DeviceState.RollingBack or DeviceState.Finishing, Goal: { } goal } && seen.GetValueOrDefault(device.Key) is { } there && there.Applied != goal)
                .Select(device => device.Key),
        ];

        // As another replica finds it.
        private static Rollout Restored(Rollout rollout, RolloutStep step) => StoredRollout.Read(StoredRollout.Of(rollout, step.Wait, step.Counts).Write())
            .With(rollout.Devices.Select(device => KeyValuePair.Create(device.Key, StoredRollout.ReadDevice(StoredRollout.Write(device.Value)))));

        private FleetDevice? Find(string name) => _fleet.Devices.GetValueOrDefault(name);

        // What a device has settled at, the engine learns by its next tick.
        private void Set(FleetDevice device)
        {
            _fleet.Devices[device.Name] = device;
            if (device.Failure is not null || (device.Assigned is { } assigned && device.Has(assigned)))
                _touched.Remove(device.Name);
        }

        private void Order(Func<Rollout, OrderResult> order) => _fleet.Rollout = order(_fleet.Rollout).Rollout ?? _fleet.Rollout;
    }
}
