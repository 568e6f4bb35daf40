using System.Collections.Immutable;
using System.Runtime.Versioning;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

/// <summary>A real guest with a shared folder and programs of the host to call; one for all tests of a class.</summary>
[SupportedOSPlatform("linux")]
public sealed class InteropGuest(MinimalGuest image) : IAsyncLifetime
{
    public const string Shared = "/mnt/shared folder";

    private readonly TempFolder _state = new("vm");
    private QemuMachine? _machine;

    public string HostFolder => _state + "/shared";

    internal QemuMachine Machine => _machine!;

    internal EdgeopInGuest Edgeop { get; private set; } = null!;

    internal static MachineInterop Interop { get; } = new()
    {
        Env = ["PLAIN", "PLACE/p", "LIST/l", "TO_GUEST/u", "TO_HOST/w"],
        Programs = new Dictionary<string, string>
        {
            ["cat"] = "/bin/cat",
            ["env"] = "/usr/bin/env",
            ["pwd"] = "/bin/pwd",
            ["sh"] = "/bin/sh",
            ["printf"] = "/usr/bin/printf",
            ["true"] = "/bin/true",
            ["Tool.cmd"] = "/bin/echo",
            ["who"] = "/usr/bin/id",
        }.ToImmutableSortedDictionary(StringComparer.Ordinal),
        GuestUsers = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty.Add("who", ["anna"]),
    };

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(HostFolder);
        _machine = new QemuMachine(image.Image, _state, await EdgeopBinary.PathAsync());
        _machine.Shape = _machine.Shape with
        {
            SharedFolders = [new(HostFolder, Shared, ReadOnly: false)],
            Interop = Interop,
        };
        await _machine.BootAsync();
        Edgeop = await EdgeopInGuest.ForAsync(_state);
        await Eventually.SucceedsAsync(async () => (await InAsync("test -S /run/edgeop/host.sock")).Code.Should().Be(0));
    }

    public async Task DisposeAsync()
    {
        if (_machine is not null)
            await _machine.DisposeAsync();
        _state.Dispose();
    }

    /// <summary>Runs a script in the guest as people do.</summary>
    internal Task<GuestRun> InAsync(string script, byte[]? input = null, string folder = "/") =>
        Edgeop.RunAsync(new() { Line = ["exec", QemuMachine.Name, "--", "sh", "-c", script], Input = input ?? [], Folder = folder });
}
