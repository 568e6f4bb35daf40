using System.Collections.Immutable;

namespace EdgeOperator.Core.Fleets;

/// <summary>Counts devices by batch.</summary>
internal static class RolloutCounts
{
    public static ImmutableArray<BatchCounts> Of(RolloutTick tick)
    {
        var counts = new int[tick.Batches.Count, 7];
        for (var place = 0; place < tick.Devices.Count; place++)
        {
            var record = tick.RecordOf(place);
            if (record.Batch < 0)
                continue;
            var column = record.State switch
            {
                DeviceState.Pending or DeviceState.Finishing => tick.Devices[place].IsConnected ? 0 : 1,
                DeviceState.Updating or DeviceState.RollingBack => 2,
                DeviceState.Updated => 3,
                DeviceState.Failed or DeviceState.TimedOut => 4,
                _ => 6,
            };
            counts[record.Batch, column]++;
            if (record.IsExcused && column == 4)
                counts[record.Batch, 5]++;
        }

        return
        [
            .. Enumerable.Range(0, tick.Batches.Count).Select(batch => new BatchCounts
            {
                Pending = counts[batch, 0],
                Offline = counts[batch, 1],
                Updating = counts[batch, 2],
                Updated = counts[batch, 3],
                Failed = counts[batch, 4],
                Excused = counts[batch, 5],
                RolledBack = counts[batch, 6],
            }),
        ];
    }
}
