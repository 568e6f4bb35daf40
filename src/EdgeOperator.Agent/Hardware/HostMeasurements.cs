using System.Diagnostics.Metrics;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Hardware;

/// <summary>The device's own figures as metrics, read when somebody asks.</summary>
internal static class HostMeasurements
{
    private const double TicksPerSecond = 100;

    /// <summary>What is asked within so long is one reading.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    public static void AddTo(Meter meter, HostReader reader, TimeProvider time)
    {
        var figures = Reading(reader, time);
        meter.CreateObservableCounter("edgeoperator.host.cpu.time", () => Times(reader), "s", "Time of all processors, busy and idle.");
        meter.CreateObservableGauge("edgeoperator.host.memory.size", () => Of(figures().MemoryTotal), "By", "Memory of the device.");
        meter.CreateObservableGauge("edgeoperator.host.memory.available", () => Of(figures().MemoryAvailable), "By", "Memory that programs could still have.");
        meter.CreateObservableGauge("edgeoperator.host.filesystem.size", () => Disks(figures(), d => d.Total), "By", "Size of a file system.");
        meter.CreateObservableGauge("edgeoperator.host.filesystem.free", () => Disks(figures(), d => d.Free), "By", "Space on a file system that anybody may still use.");
        meter.CreateObservableGauge("edgeoperator.host.temperature", () => figures().Temperatures.Select(t => new Measurement<double>(t.Celsius, new KeyValuePair<string, object?>("sensor", t.Sensor))), "Cel", "Temperatures, where there are sensors.");
    }

    private static Func<HostFigures> Reading(HostReader reader, TimeProvider time)
    {
        (HostFigures? Figures, long At) last = default;
        return () =>
        {
            if (last.Figures is null || time.GetElapsedTime(last.At) > Fresh)
                last = (reader.Read(), time.GetTimestamp());
            return last.Figures;
        };
    }

    private static IEnumerable<Measurement<double>> Times(HostReader reader) => reader.Times() is not { } times ? [] :
    [
        new(times.Busy / TicksPerSecond, new KeyValuePair<string, object?>("state", "busy")),
        new(times.Idle / TicksPerSecond, new KeyValuePair<string, object?>("state", "idle")),
    ];

    private static IEnumerable<Measurement<long>> Of(long? value) => value is { } known ? [new(known)] : [];

    private static IEnumerable<Measurement<long>> Disks(HostFigures figures, Func<DiskFigures, long> value) =>
        figures.Disks.Select(disk => new Measurement<long>(value(disk), new KeyValuePair<string, object?>("path", disk.Path)));
}
