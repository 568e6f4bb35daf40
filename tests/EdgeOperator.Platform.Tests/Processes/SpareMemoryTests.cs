using System.Globalization;
using System.Runtime.InteropServices;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Platform.Tests.Processes;

public sealed class SpareMemoryTests
{
    private const int Blocks = 64 * 1024;
    private const int BlockSize = 1024;
    private const int KiB = 1024;

    [Fact]
    public void Pages_that_the_C_library_keeps_for_nobody_go_back_to_the_system()
    {
        var content = new byte[BlockSize];
        Array.Fill<byte>(content, 1);
        var blocks = new nint[Blocks];
        for (var i = 0; i < Blocks; i++)
        {
            blocks[i] = Marshal.AllocHGlobal(BlockSize);
            Marshal.Copy(content, 0, blocks[i], BlockSize);
        }

        // The last one stays, so that freeing the others alone does not make the heap shorter.
        foreach (var block in blocks[..^1])
            Marshal.FreeHGlobal(block);
        var before = Own();

        SpareMemory.Release();

        (before - Own()).Should().BeGreaterThan(Blocks * (BlockSize / KiB) / 2, "most of 64 MiB are nobody's");
        Marshal.FreeHGlobal(blocks[^1]);
    }

    /// <summary>Memory of this process alone, in KiB.</summary>
    private static long Own() => long.Parse(
        File.ReadLines("/proc/self/smaps_rollup").First(l => l.StartsWith("Private_Dirty:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
