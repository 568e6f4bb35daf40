using System.Globalization;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Wsl;

/// <summary>The arguments that <c>wsl.exe</c> is called with (microsoft/WSL, src/windows/inc/wsl.h and src/windows/common/WslClient.cpp).</summary>
internal static class WslCommands
{
    public static IReadOnlyList<string> List { get; } = ["--list", "--verbose"];

    /// <summary>Ends every distribution and the virtual machine that they share.</summary>
    public static IReadOnlyList<string> Shutdown { get; } = ["--shutdown"];

    /// <param name="isDisk">The image is a VHDX, not a tar.</param>
    public static IReadOnlyList<string> Import(string distribution, string folder, string image, bool isDisk) =>
        isDisk ? ["--import", distribution, folder, image, "--vhd"] : ["--import", distribution, folder, image, "--version", "2"];

    /// <summary>Makes a distribution of a VHDX where it lies.</summary>
    public static IReadOnlyList<string> ImportInPlace(string distribution, string disk) => ["--import-in-place", distribution, disk];

    /// <summary>Writes a distribution's disk to a file of its own.</summary>
    public static IReadOnlyList<string> Export(string distribution, string disk) => ["--export", distribution, disk, "--vhd"];

    /// <summary>Forgets a distribution and deletes its disk.</summary>
    public static IReadOnlyList<string> Unregister(string distribution) => ["--unregister", distribution];

    public static IReadOnlyList<string> Terminate(string distribution) => ["--terminate", distribution];

    /// <summary>The distribution must be stopped.</summary>
    public static IReadOnlyList<string> Resize(string distribution, long bytes) =>
        ["--manage", distribution, "--resize", string.Create(CultureInfo.InvariantCulture, $"{bytes >> 20}MB")];

    /// <summary>Passes the API of the guest's engine through its input and output.</summary>
    public static IReadOnlyList<string> Engine(string distribution) => Run(distribution, "root", [.. Windows.GuestEngineCommand.Arguments]);

    /// <summary>Runs a program as it is: <c>-e</c> passes by the guest's shell. Starts the distribution when it does not run.</summary>
    public static IReadOnlyList<string> Run(string distribution, string user, params string[] command) =>
        ["-d", distribution, "-u", user, "--cd", "/", "-e", .. command];
}
