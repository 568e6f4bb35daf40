using System.Runtime.InteropServices;

namespace EdgeOperator.Platform.Files;

/// <summary>A file's numeric owner; null leaves that half as it is.</summary>
public readonly record struct FileOwner(uint? User, uint? Group)
{
    public override string ToString() => $"{User}:{Group}";
}

/// <summary>What Linux knows of a file, laid out as <c>struct statx</c>, which is the same on every architecture.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
public readonly struct FileStatus
{
    [FieldOffset(20)]
    public readonly uint User;

    [FieldOffset(24)]
    public readonly uint Group;

    [FieldOffset(28)]
    private readonly ushort _mode;

    [FieldOffset(32)]
    public readonly ulong Inode;

    [FieldOffset(40)]
    public readonly ulong Size;

    [FieldOffset(48)]
    private readonly ulong _blocks;

    [FieldOffset(80)]
    private readonly long _bornSeconds;

    [FieldOffset(88)]
    private readonly uint _bornNanoseconds;

    [FieldOffset(96)]
    private readonly long _changedSeconds;

    [FieldOffset(104)]
    private readonly uint _changedNanoseconds;

    [FieldOffset(112)]
    private readonly long _modifiedSeconds;

    [FieldOffset(120)]
    private readonly uint _modifiedNanoseconds;

    [FieldOffset(136)]
    private readonly ulong _device;

    private FileStatus(FileSystemInfo info)
    {
        _mode = (ushort)(info.LinkTarget is not null ? Kind.Link : info is DirectoryInfo ? Kind.Folder : Kind.File);
        _modifiedSeconds = info.LastWriteTimeUtc.Ticks;
        Size = info is FileInfo file ? (ulong)file.Length : 0;
    }

    private enum Kind
    {
        Folder = 0x4000,
        File = 0x8000,
        Link = 0xA000,
    }

    public bool IsFile => Type == Kind.File;

    public bool IsFolder => Type == Kind.Folder;

    public bool IsLink => Type == Kind.Link;

    /// <summary>Bytes that the file takes on the disk; a sparse file's are fewer than its size.</summary>
    public ulong Allocated => OperatingSystem.IsLinux() ? _blocks * 512 : Size;

    /// <summary>Permission bits, 0 to 0o7777; 0 on Windows, which has none.</summary>
    public int Mode => _mode & 0xFFF;

    /// <summary>When the file's content, metadata or name last changed; not to be set by anybody. The epoch on Windows.</summary>
    public DateTimeOffset Changed =>
        DateTimeOffset.FromUnixTimeSeconds(_changedSeconds).AddTicks(_changedNanoseconds / TimeSpan.NanosecondsPerTick);

    /// <summary>Differs after every change of the file's content or metadata, or when another file took its place.</summary>
    public FileSignature Signature =>
        new(_device, Inode, Size, (_changedSeconds, _changedNanoseconds), (_modifiedSeconds, _modifiedNanoseconds));

    /// <summary>Tells one file or folder from another, also where the file system gives an inode's number to its successor.</summary>
    public FileIdentity Identity => new(_device, Inode, (_bornSeconds, _bornNanoseconds));

    private Kind Type => (Kind)(_mode & 0xF000);

    /// <summary>What is at a path, symlinks not followed; null when nothing is.</summary>
    /// <exception cref="IOException">The path may not be looked at.</exception>
    public static FileStatus? Of(string path) =>
        OperatingSystem.IsLinux() ? Posix.Status(path)
        : Directory.Exists(path) ? new FileStatus(new DirectoryInfo(path))
        : File.Exists(path) ? new FileStatus(new FileInfo(path))
        : null;
}

public readonly record struct FileSignature(ulong Device, ulong Inode, ulong Size, (long, uint) Changed, (long, uint) Modified);

public readonly record struct FileIdentity(ulong Device, ulong Inode, (long, uint) Born);
