using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.Soak;

/// <summary>One device with all that it needs: an engine, a registry, a Git server, a small disk for the agent's state, a clock to step.</summary>
internal sealed class Lab : IAsyncDisposable
{
    private const int DiskKilobytes = 96 * 1024;

    private readonly TempFolder _folder = new("soak");

    private Lab()
    {
    }

    public PrivateEngine Engine { get; private set; } = null!;

    public PrivateRegistry Registry { get; private set; } = null!;

    public Fleet Fleet { get; private set; } = null!;

    public TinyDisk Disk { get; private set; } = null!;

    public SteppedClock Clock { get; private set; } = null!;

    public Device Device { get; private set; } = null!;

    public string Volume => $"{Device.Owner}-data";

    /// <summary>A folder beside the allowed root.</summary>
    public string Outside => Path.Combine(Device.Root, "outside");

    public static async Task<Lab> StartAsync(string edgeop)
    {
        var lab = new Lab();
        try
        {
            lab.Clock = new(lab._folder);
            lab.Registry = await PrivateRegistry.StartAsync();
            foreach (var tag in (string[])["1", "2", "3"])
            {
                await TestImage.Sleeper(tag).PushAsync(lab.Registry);
                await TestImage.Healthy(tag).PushAsync(lab.Registry);
            }

            await TestImage.Unhealthy().PushAsync(lab.Registry);
            lab.Engine = await PrivateEngine.StartAsync();
            lab.Fleet = await Fleet.CreateAsync(lab._folder);
            lab.Disk = await TinyDisk.MountAsync(DiskKilobytes);
            lab.Device = new(edgeop, lab.Engine, lab.Fleet.Url, new()
            {
                Interval = "5s",
                StateDirectory = Path.Combine(lab.Disk.Path, "state"),
                AllowedSigners = lab.Fleet.AllowedSigners,
            });
            Directory.CreateDirectory(lab.Outside);
            await File.WriteAllTextAsync(Path.Combine(lab.Device.FilesRoot, Generation.Covered), Generation.Original);
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Engine is { IsRunning: false })
            await Engine.StartAgainAsync();
        foreach (var part in (IAsyncDisposable?[])[Device, Engine, Registry, Fleet, Disk])
        {
            if (part is not null)
                await part.DisposeAsync();
        }

        Clock?.RemoveSharedMemory();
        _folder.Dispose();
    }
}
