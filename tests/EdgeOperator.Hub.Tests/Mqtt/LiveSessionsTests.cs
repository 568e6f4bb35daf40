using EdgeOperator.Hub.Mqtt;
using EdgeOperator.Testing;
using Microsoft.AspNetCore.Connections;

namespace EdgeOperator.Hub.Tests.Mqtt;

public sealed class LiveSessionsTests
{
    [Fact]
    public async Task Who_waits_longer_for_a_device_still_sees_it_come_when_another_has_given_up()
    {
        var (sessions, time) = (new LiveSessions(), new HandTime());
        var (hasty, patient) = (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60));
        var gaveUp = sessions.WaitAsync(new("d"), _ => true, hasty, time, default);
        var waits = sessions.WaitAsync(new("d"), _ => true, patient, time, default);

        time.Elapse(hasty);
        (await gaveUp).Should().BeNull();
        var session = new DeviceSession(new("d"), new(new DefaultConnectionContext(), null), epoch: 1, DateTimeOffset.MaxValue, TimeSpan.MaxValue, time);
        sessions.Add(session);
        sessions.Signal(new("d"));

        (await waits.WaitAsync(Eventually.Deadline)).Should().BeSameAs(session);
    }
}
