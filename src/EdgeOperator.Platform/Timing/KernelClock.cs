using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace EdgeOperator.Platform.Timing;

/// <summary>What Linux says of its clock.</summary>
[SupportedOSPlatform("linux")]
public static partial class KernelClock
{
    /// <summary>Larger than <c>struct timex</c> on any architecture (208 bytes on 64 bits).</summary>
    private const int StructureSize = 512;

    private const int Unsynchronized = 5;

    /// <summary>Whether a time service keeps the clock right, by adjtimex(2); null when the kernel does not say.</summary>
    public static bool? IsSynchronized
    {
        get
        {
            // All zero: nothing is to be changed, so that it takes no rights.
            Span<byte> timex = stackalloc byte[StructureSize];
            timex.Clear();
            var state = AdjustTime(ref MemoryMarshal.GetReference(timex));
            return state < 0 ? null : state != Unsynchronized;
        }
    }

    [LibraryImport("libc", EntryPoint = "adjtimex")]
    private static partial int AdjustTime(ref byte timex);
}
