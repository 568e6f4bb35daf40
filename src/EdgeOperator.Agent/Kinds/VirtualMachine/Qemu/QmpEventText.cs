namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>What events of QEMU's monitor mean, for people. The events: <c>qapi/run-state.json</c> and <c>qapi/block-core.json</c> in QEMU's sources.</summary>
internal static class QmpEventText
{
    /// <summary>The guest's driver has taken its network card into use.</summary>
    public const string NetworkUp = "NIC_RX_FILTER_CHANGED";

    /// <summary>The machine begins anew, as after a guest's own reboot.</summary>
    public const string Reset = "RESET";

    /// <summary>Why the machine ended, for events after which it ends; null for others, and where an end is the agent's own doing.</summary>
    public static string? ExitReasonOf(QmpEvent happened) => happened.Name switch
    {
        "GUEST_PANICKED" => "the guest's kernel panicked",
        "SHUTDOWN" => happened["reason"] switch
        {
            "guest-shutdown" => "the guest shut itself down",
            "host-signal" => "somebody ended QEMU by a signal",
            "host-error" => "QEMU ended because of an error of the host",
            _ => null,
        },
        _ => null,
    };

    /// <summary>For events after which a pass may have something to do or to report: what happened, after <c>the machine NAME</c>.</summary>
    public static string? ChangeOf(QmpEvent happened) => happened.Name switch
    {
        "SHUTDOWN" => "shuts down",
        Reset => "was reset",
        "STOP" => "was paused",
        "RESUME" => "was resumed",
        "GUEST_PANICKED" => "has panicked",
        "BLOCK_IO_ERROR" => "has a disk error",
        "BLOCK_IMAGE_CORRUPTED" => "has a damaged disk",
        _ => null,
    };
}
