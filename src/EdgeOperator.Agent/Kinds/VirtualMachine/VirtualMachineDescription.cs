using System.Collections.Immutable;
using System.Globalization;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Kinds.VirtualMachine;

/// <summary>A virtual machine as people want to see it.</summary>
internal static class VirtualMachineDescription
{
    /// <param name="activity">What is under way on it.</param>
    public static ResourceStatus Of(VirtualMachineResource machine, ObservedVirtualMachine? found, string? activity) => new()
    {
        Kind = machine.Id.Kind,
        Name = machine.Id.Name,
        State = State(found),
        Summary = Summary(machine.Machine.Shape),
        Details = Details(machine, found, activity),
    };

    private static string State(ObservedVirtualMachine? found) => found switch
    {
        null => "missing",
        { Unavailable: not null } => "unknown",
        { Phase: MachinePhase.Stopped, Applied: null } => "missing",
        { Phase: MachinePhase.Stopped, IsAskedToRun: true } => "ended",
        _ => found.Phase.ToString().ToLowerInvariant(),
    };

    private static string Summary(VirtualMachineConfig shape) =>
        $"{shape.Cpus} cpu{(shape.Cpus == 1 ? "" : "s")}, {Amount(shape.Memory)}{(shape.Image is { } image ? $", {image.Location}" : "")}";

    private static ImmutableSortedDictionary<string, string> Details(VirtualMachineResource machine, ObservedVirtualMachine? found, string? activity)
    {
        var details = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        Add("activity", activity);
        if (found is null)
            return details.ToImmutable();
        Add("driver", found.Driver.ToString().ToLowerInvariant());
        Add("problem", found.Unavailable ?? found.Refused ?? found.StartObstacle ?? found.InteropProblem ?? found.Broken ?? found.Guest?.Problem ?? found.Guest?.DiskFull);
        Add("phase", found.Phase.ToString().ToLowerInvariant());
        Add("detail", found.Detail);
        Add("startedAt", Time(found.StartedAt));
        Add("systemDisk", found.SystemDisk.ToString().ToLowerInvariant());
        Add("dataDisk", found.DataDisk.ToString().ToLowerInvariant());
        if (found.Applied is { } applied)
        {
            Add("cpus", applied.Cpus.ToString(CultureInfo.InvariantCulture));
            Add("diskSize", VirtualMachineChanges.Surplus(machine, found));
            Add("imageDigest", applied.Image is { } image ? $"sha256:{image.Sha256}" : null);
            Add("forwards", string.Join(", ", applied.Network.Forwards));
            Add("sharedFolders", string.Join(", ", applied.SharedFolders));
            Add("pendingChanges", string.Join("; ", VirtualMachineChanges.Of(machine, found).Select(change => change.NeedsRestart ? $"{change.What} (by a restart)" : change.What)));
        }

        if (found.Guest is { } guest)
        {
            Add("address", string.Join(", ", guest.Addresses));
            Add("bootId", guest.BootId);
            Add("uptime", Span(guest.Uptime));
            Add("memory", guest.MemoryTotal > 0 ? $"{Amount(guest.MemoryTotal)}, {Amount(guest.MemoryAvailable)} available" : null);
            Add("disk", guest.DiskTotal > 0 ? $"{Amount(guest.DiskTotal)}, {Amount(guest.DiskUsed)} used" : null);
            Add("engine", guest.Engine);
            Add("imageVersion", guest.Image);
            Add("slot", guest.Slot);
            Add("provisioned", guest.Provisioned);
        }

        return details.ToImmutable();

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                details[name] = value;
        }
    }

    private static string Amount(long bytes) => bytes >= 10L << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.#} GiB")
        : $"{bytes >> 20} MiB";

    private static string Span(TimeSpan span) => span.ToString(span.TotalDays >= 1 ? @"d\d\ hh\:mm\:ss" : @"hh\:mm\:ss", CultureInfo.InvariantCulture);

    private static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
