namespace EdgeOperator.Core.Kinds.VirtualMachine;

/// <summary>How a shared folder reaches the guest of a QEMU machine.</summary>
public enum ShareTransport
{
    /// <summary>virtiofs where the host has a virtiofsd that can serve the folder and the guest has it; otherwise 9p.</summary>
    Auto,
    Virtiofs,

    /// <summary>9p over virtio.</summary>
    Plan9,
}

/// <summary>A folder of the host that the guest sees.</summary>
/// <param name="Host">An absolute path on the host.</param>
/// <param name="Guest">An absolute path in the guest.</param>
public sealed record SharedFolder(string Host, string Guest, bool ReadOnly, ShareTransport Transport = ShareTransport.Auto)
{
    public override string ToString() => $"{Host} at {Guest}{(ReadOnly ? " (read-only)" : "")}{Transport switch
    {
        ShareTransport.Virtiofs => " by virtiofs",
        ShareTransport.Plan9 => " by 9p",
        _ => "",
    }}";
}
