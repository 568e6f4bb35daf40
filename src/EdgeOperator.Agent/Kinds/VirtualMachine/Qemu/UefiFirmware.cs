namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>UEFI for machines (EDK II's OVMF), as distributions have it.</summary>
/// <param name="Code">Read only, for all machines.</param>
/// <param name="Variables">What each machine begins with a copy of.</param>
internal sealed record UefiFirmware(string Code, string Variables)
{
    /// <summary>Debian's and Ubuntu's with 4 MiB and before, then Fedora's, then Arch's.</summary>
    private static readonly UefiFirmware[] Known =
    [
        new("/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"),
        new("/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_VARS.fd"),
        new("/usr/share/edk2/ovmf/OVMF_CODE.fd", "/usr/share/edk2/ovmf/OVMF_VARS.fd"),
        new("/usr/share/edk2/x64/OVMF_CODE.4m.fd", "/usr/share/edk2/x64/OVMF_VARS.4m.fd"),
    ];

    /// <summary>Null when there is none.</summary>
    public static UefiFirmware? Installed => Known.FirstOrDefault(firmware => File.Exists(firmware.Code) && File.Exists(firmware.Variables));
}
