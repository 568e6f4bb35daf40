using System.Collections.Immutable;

namespace EdgeOperator.Core.Kinds.VirtualMachine;

/// <summary>A VirtualMachine's spec as written; <see cref="VirtualMachineDefinition"/> says what it means.</summary>
internal sealed record VirtualMachineFields(
    MachineDriver Driver,
    int Cpus,
    long Memory,
    DiskFields Disk,
    MachineNetwork Network,
    ImmutableArray<SharedFolder> SharedFolders,
    MachineInterop Interop,
    bool Tpm,
    MachineFirmware Firmware,
    ProvisioningFields Provisioning,
    MachinePower Power,
    string User,
    TimeSpan StopTimeout,
    EflowSettings? Eflow = null,
    WslSettings? Wsl = null);

internal sealed record DiskFields(long Size, ImageFields? Image = null);

internal sealed record ImageFields(string Sha256, string? Path = null, string? Url = null);

internal sealed record ProvisioningFields(ImmutableArray<GuestFileFields> Files, ImmutableArray<GuestUser> Users, ImmutableArray<string> Commands);

internal sealed record GuestFileFields(string Path, int Mode, string? Content = null, string? Source = null, string? Owner = null);
