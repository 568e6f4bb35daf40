using System.Diagnostics.Metrics;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Kinds.VirtualMachine;

/// <summary>What guests say of themselves, as metrics with the label <c>machine</c>. One that does not answer has none.</summary>
internal static class MachineMetrics
{
    /// <param name="machines">Asked for whenever the metrics are read.</param>
    public static void AddTo(Meter meter, Func<IEnumerable<ObservedVirtualMachine>> machines)
    {
        Gauge("edgeoperator.machine.uptime", "s", "Time since a guest booted.", guest => guest.Uptime.TotalSeconds);
        Gauge("edgeoperator.machine.memory.total", "By", "A guest's memory.", guest => guest.MemoryTotal);
        Gauge("edgeoperator.machine.memory.available", "By", "Memory that a guest could still give to programs.", guest => guest.MemoryAvailable);
        Gauge("edgeoperator.machine.disk.total", "By", "The file system on a guest's data disk.", guest => guest.DiskTotal);
        Gauge("edgeoperator.machine.disk.used", "By", "What is used of it.", guest => guest.DiskUsed);

        void Gauge(string name, string unit, string description, Func<GuestReport, double> value) => meter.CreateObservableGauge(
            name,
            () => from machine in machines()
                  where machine is { Phase: MachinePhase.Running, Guest: not null }
                  select new Measurement<double>(value(machine.Guest!), new KeyValuePair<string, object?>("machine", machine.Name)),
            unit,
            description);
    }
}
