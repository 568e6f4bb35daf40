namespace EdgeOperator.Agent.Drivers.Machines.Eflow;

/// <summary>What the agent has in EFLOW's guest, whose root is read-only.</summary>
internal static class EflowGuest
{
    public const string User = "iotedge-user";

    /// <summary>The home is kept when the guest's image is updated.</summary>
    public const string Folder = "/home/iotedge-user/.edgeoperator";
}
