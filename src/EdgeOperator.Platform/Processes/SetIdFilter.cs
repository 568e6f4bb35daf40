using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace EdgeOperator.Platform.Processes;

/// <summary>
/// Refuses this thread, and the program that it becomes, to make files set-user-ID or set-group-ID: what systemd's RestrictSUIDSGID= does, for
/// programs that write files as somebody else says, wherever the agent runs. Format: seccomp(2), a program of classic BPF over
/// <c>struct seccomp_data</c>.
/// </summary>
[SupportedOSPlatform("linux")]
public static unsafe partial class SetIdFilter
{
    private const int NoNewPrivileges = 38;
    private const int SetSeccomp = 22;
    private const int FilterMode = 2;

    private const ushort Load = 0x20;
    private const ushort JumpIfEqual = 0x15;
    private const ushort JumpIfAnySet = 0x45;
    private const ushort Return = 0x06;

    private const uint Allow = 0x7fff0000;
    private const uint Errno = 0x00050000;
    private const uint NotPermitted = Errno | 1;

    /// <summary>Programs fall back to the older call, which can be looked into.</summary>
    private const uint NotImplemented = Errno | 38;

    private const uint NumberOffset = 0;
    private const uint ArchitectureOffset = 4;

    private const uint SetIds = 0xC00;

    /// <summary>O_CREAT, and O_TMPFILE without O_DIRECTORY: without them there is no mode among the arguments.</summary>
    private const uint Creates = 0x40 | 0x400000;

    /// <exception cref="PlatformNotSupportedException">The processor's system calls are not known here.</exception>
    /// <exception cref="IOException">The kernel refuses it.</exception>
    public static void Apply()
    {
        var program = Program(RuntimeInformation.ProcessArchitecture);
        fixed (Instruction* first = program)
        {
            var filter = new Filter { Length = (ushort)program.Length, First = first };
            if (ProcessControl(NoNewPrivileges, 1, 0, 0, 0) != 0 || ProcessControl(SetSeccomp, FilterMode, (nint)(&filter), 0, 0) != 0)
                throw new IOException($"the kernel takes no filter of system calls: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }
    }

    /// <param name="architecture">x86-64 or arm64.</param>
    internal static Instruction[] Program(Architecture architecture)
    {
        var (audit, calls, openAt2) = architecture switch
        {
            Architecture.X64 => (0xC000003Eu, X64, 437u),
            Architecture.Arm64 => (0xC00000B7u, Arm64, 437u),
            _ => throw new PlatformNotSupportedException($"not on {architecture}"),
        };
        return
        [
            new(Load, 0, 0, ArchitectureOffset), new(JumpIfEqual, 1, 0, audit), new(Return, 0, 0, NotPermitted), new(Load, 0, 0, NumberOffset),

            // The calls of x32, numbers of their own on the same architecture.
            .. architecture == Architecture.X64 ? (Instruction[])[new(JumpIfAnySet, 0, 1, 0x40000000), new(Return, 0, 0, NotPermitted)] : [],
            new(JumpIfEqual, 0, 1, openAt2), new(Return, 0, 0, NotImplemented),
            .. calls.SelectMany(call => call.Flags is { } flags
                ? (Instruction[])
                [
                    new(JumpIfEqual, 0, 6, call.Number), new(Load, 0, 0, Argument(flags)), new(JumpIfAnySet, 0, 2, Creates),
                    new(Load, 0, 0, Argument(call.Mode)), new(JumpIfAnySet, 1, 0, SetIds), new(Return, 0, 0, Allow), new(Return, 0, 0, NotPermitted),
                ]
                : [new(JumpIfEqual, 0, 4, call.Number), new(Load, 0, 0, Argument(call.Mode)), new(JumpIfAnySet, 0, 1, SetIds), new(Return, 0, 0, NotPermitted), new(Return, 0, 0, Allow)]),
            new(Return, 0, 0, Allow),
        ];
    }

    // open, creat, mkdir, mknod, chmod, fchmod, openat, mkdirat, mknodat, fchmodat, fchmodat2.
    private static Call[] X64 => [new(2, 2, 1), new(85, 1), new(83, 1), new(133, 1), new(90, 1), new(91, 1), new(257, 3, 2), new(258, 2), new(259, 2), new(268, 2), new(452, 2)];

    // fchmod, fchmodat, openat, mkdirat, mknodat, fchmodat2.
    private static Call[] Arm64 => [new(52, 1), new(53, 2), new(56, 3, 2), new(34, 2), new(33, 2), new(452, 2)];

    /// <summary>The low half of an argument; both processors are little-endian.</summary>
    private static uint Argument(uint index) => 16 + (8 * index);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int ProcessControl(int option, nint argument, nint second, nint third, nint fourth);

    /// <param name="Mode">Which argument the mode is.</param>
    /// <param name="Flags">Which argument says whether there is a mode; null where there always is.</param>
    private sealed record Call(uint Number, uint Mode, uint? Flags = null);

    /// <summary><c>struct sock_filter</c>.</summary>
    internal readonly record struct Instruction(ushort Code, byte IfTrue, byte IfFalse, uint Value);

    /// <summary><c>struct sock_fprog</c>.</summary>
    private struct Filter
    {
        public ushort Length;
        public Instruction* First;
    }
}
