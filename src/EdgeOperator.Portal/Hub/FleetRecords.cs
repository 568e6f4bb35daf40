using System.Text.Json.Nodes;

namespace EdgeOperator.Portal.Hub;

public sealed record HubFleet(string Name, JsonObject Spec, DateTime Updated, string By, HubRollout? Rollout)
{
    /// <summary>What it is to be at; null where that is not a commit.</summary>
    public string? Commit => HubJson.Text(Spec, "source", "ref", "commit");
}

/// <param name="Continuation">For the next page; null at the end.</param>
public sealed record HubList<T>(IReadOnlyList<T> Items, string? Continuation = null);

/// <summary>A revision on its way over a fleet.</summary>
public sealed record HubRollout
{
    public string Id { get; init; } = "";

    public string Fleet { get; init; } = "";

    public string Revision { get; init; } = "";

    public string State { get; init; } = "";

    public string? Cause { get; init; }

    /// <summary>What it is doing or waits for, in one word.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The same with numbers and names.</summary>
    public string Message { get; init; } = "";

    public DateTime Created { get; init; }

    public DateTime? Ended { get; init; }

    public int Devices { get; init; }

    public int Updated { get; init; }

    public int Failed { get; init; }

    public IReadOnlyList<HubBatch> Batches { get; init; } = [];

    /// <summary>The batch that is under way, or comes next; null when all are over.</summary>
    public HubBatch? Current => Batches.FirstOrDefault(batch => batch.State is not ("Completed" or "Skipped"));

    /// <summary>It waits for somebody: for an approval, or because it does not go on by itself.</summary>
    public bool NeedsAttention { get; init; }
}

public sealed record HubBatch
{
    public string Name { get; init; } = "";

    public string State { get; init; } = "";

    public int SuccessThreshold { get; init; }

    public double SoakSeconds { get; init; }

    public bool NeedsApproval { get; init; }

    public bool IsApproved { get; init; }

    public DateTime? Started { get; init; }

    public DateTime? Ended { get; init; }

    public int Devices { get; init; }

    public int Pending { get; init; }

    public int Offline { get; init; }

    public int Updating { get; init; }

    public int Updated { get; init; }

    public int Failed { get; init; }

    public int Excused { get; init; }

    public int RolledBack { get; init; }

    public bool WaitsForApproval => NeedsApproval && !IsApproved && State == "Waiting";
}

public sealed record HubRolloutDevice(string DeviceId, string? Batch, string State, DateTime Since, string? Goal, string? Previous, string? Message);

public sealed record HubRolloutDeviceList(IReadOnlyList<HubRolloutDevice> Items, string? Continuation);

/// <summary>What a commit would do to a fleet.</summary>
public sealed record HubFleetPlan(string Fleet, string? Revision, string? Subject, long Size, HubPlan Plan);

public sealed record HubPlan(
    int Devices, int Changed, int Unchanged, int Invalid, int Unknown, int Restarts, long DownloadSize,
    IReadOnlyList<HubDownload> Downloads, IReadOnlyList<HubPlannedGroup> Groups, IReadOnlyList<HubUnplannedGroup> Unplanned, int OtherGroups = 0);

/// <param name="Size">Bytes for each device; null when nobody knows.</param>
public sealed record HubDownload(string What, int Devices, long? Size);

public sealed record HubPlannedGroup(int Devices, IReadOnlyList<string> Names, bool IsInvalid, int Restarts, IReadOnlyList<string> Steps, IReadOnlyList<string> Problems);

public sealed record HubUnplannedGroup(string Reason, int Devices, IReadOnlyList<string> Names);
