using EdgeOperator.Testing;

namespace EdgeOperator.Benchmarks.Machines;

/// <summary>Bytes and files in folders that host and guest share, by virtiofs and over 9p, beside the same done by the host itself.</summary>
internal static class ShareSpeed
{
    private const int Megabytes = 64;
    private const int Files = 1000;

    /// <summary>The same script on both sides, in the folder that it is called with; each line ends what the one before began.</summary>
    private static readonly (string What, string Script, double Amount, string Unit)[] Works =
    [
        ("write one file", $"dd if=/dev/zero of=large bs=1M count={Megabytes} conv=fsync 2>/dev/null", Megabytes, "MB/s"),
        ("read it", "cat large >/dev/null", Megabytes, "MB/s"),
        ("make files", $"mkdir many; i=0; while [ $i -lt {Files} ]; do : >many/$i; i=$((i + 1)); done", Files, "/s"),
        ("list them with their sizes", "ls -l many >/dev/null", Files, "/s"),
        ("remove them", "rm -r many", Files, "/s"),
    ];

    public static async Task<Section> MeasureAsync(BenchOptions options)
    {
        await using var machines = await BenchMachines.StartAsync(options, await GuestImage.MinimalAsync(), spec: device =>
            $"sharedFolders:\n- {{host: {Folder(device.SharedRoot, "virtiofs")}, guest: /mnt/virtiofs, transport: virtiofs}}\n- {{host: {Folder(device.SharedRoot, "9p")}, guest: /mnt/9p, transport: 9p}}");
        await machines.RunAsync(1, 1);
        (string Name, string Command)[] places =
        [
            ("on the host", $"sh -c 'cd {Folder(machines.Device.SharedRoot, "host")}; eval \"$1\"' sh"),
            ("virtiofs", $"{machines.Exec(0)} sh -c 'cd /mnt/virtiofs; eval \"$1\"' sh"),
            ("9p", $"{machines.Exec(0)} sh -c 'cd /mnt/9p; eval \"$1\"' sh"),
        ];
        var samples = Works.Select(_ => places.Select(_ => new Samples()).ToArray()).ToArray();
        for (var round = 0; round < options.Rounds(10); round++)
        {
            for (var place = 0; place < places.Length; place++)
            {
                for (var work = 0; work < Works.Length; work++)
                    await samples[work][place].TimeAsync(() => Shell.RunAsync("sh", "-c", $"{places[place].Command} '{Works[work].Script}'"));
            }
        }

        return new(
            "Shared folders",
            $"The same shell scripts in turns, {samples[0][0].Count} times each; medians. One file of {Megabytes} MB, {Files} empty files; 1 processor of the guest, {(File.Exists("/dev/kvm") ? "as QEMU chose (KVM or emulation)" : "emulated (TCG)")}, so that the guest's share of the work counts too.",
            ["", .. places.Select(place => place.Name), "virtiofs of 9p"],
            [.. Works.Select((work, i) => (string[])[work.What, .. samples[i].Select(s => $"{Rate(work.Amount, s):0} {work.Unit}"), $"{Rate(work.Amount, samples[i][1]) / Rate(work.Amount, samples[i][2]):0.0}×"])],
            "No target: what a folder should cost depends on what is in it.");
    }

    private static double Rate(double amount, Samples samples) => amount * 1000 / samples.Median;

    private static string Folder(string root, string name) => Directory.CreateDirectory(Path.Combine(root, name)).FullName;
}
