namespace EdgeOperator.Core.Manifests;

/// <summary>Where things are on a device whose configuration says nothing else.</summary>
public static class StandardPaths
{
    /// <summary>The agent's own file.</summary>
    public const string Configuration = "/etc/edgeoperator/agent.yaml";

    /// <summary>What the agent must remember.</summary>
    public const string State = "/var/lib/edgeoperator";

    /// <summary>Virtual machines, in the state's folder.</summary>
    public const string Machines = "vms";
}
