using System.Collections.Immutable;
using EdgeOperator.Agent.Tests.LocalApi;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;

namespace EdgeOperator.Cli.Tests;

public sealed class ReconcileResultTests
{
    private static readonly DeviceStatus Device = new CannedAgent().Status;

    [Fact]
    public void A_device_that_gets_on_has_not_failed()
    {
        ReconcileResult.Failure(Device).Should().BeNull();
        ReconcileResult.Describe(Device).Should().Be("Under way to main@1a2b3c4: 2 of 3 resources are ready");
        ReconcileResult.Describe(With(Condition.Ready, ConditionStatus.True, "3 resources are as desired")).Should().Be("Reconciled at main@1a2b3c4: 3 resources are as desired");
    }

    [Fact]
    public void What_is_stalled_has_failed_with_its_cause() =>
        ReconcileResult.Failure(With(Condition.Stalled, ConditionStatus.True, "EdgeModule/web: there is no such tag")).Should().Be("main@1a2b3c4: EdgeModule/web: there is no such tag");

    [Fact]
    public void A_source_that_fails_is_named()
    {
        var failing = Device.Sources[0] with { Ready = Device.Sources[0].Ready with { Status = ConditionStatus.False, Message = "no route to host" } };

        ReconcileResult.Failure(Device with { Sources = [failing] }).Should().Be("source fleet (https://git.example.org/fleet.git) does not deliver: no route to host");
    }

    private static DeviceStatus With(string type, ConditionStatus status, string message) =>
        Device with { Conditions = ImmutableArray.Create(new Condition(type, status, "Reason", message, Device.StartedAt, null)) };
}
