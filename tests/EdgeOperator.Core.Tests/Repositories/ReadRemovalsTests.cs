using EdgeOperator.Core.Repositories;

namespace EdgeOperator.Core.Tests.Repositories;

public sealed class ReadRemovalsTests
{
    [Theory]
    [InlineData(10, 3, 100, 30, false)]
    [InlineData(10, 4, 100, 0, true)]
    [InlineData(10, 0, 100, 31, true)]
    [InlineData(1, 1, 0, 0, true)]
    [InlineData(0, 0, 0, 0, false)]
    public void More_than_thirty_percent_of_fleets_or_devices_need_approval(int fleets, int removed, int devices, int released, bool needed) =>
        (new ReadRemovals(fleets, [.. Enumerable.Range(0, removed).Select(i => $"fleet-{i}")], devices, released).ApprovalReason is not null).Should().Be(needed);

    [Fact]
    public void The_reason_has_numbers_and_names() => new ReadRemovals(2, ["tills"], 50, 20).ApprovalReason
        .Should().Be("it would remove 1 of 2 fleets (tills) and take 20 of 50 devices out of them, and at most 30 % of either go without approval");
}
