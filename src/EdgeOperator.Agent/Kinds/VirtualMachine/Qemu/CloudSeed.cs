using System.Collections.Immutable;
using System.Formats.Tar;
using System.Text.Json;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>
/// What makes a guest of any image with cloud-init: a folder that the machine sees as a disk, of the data source NoCloud
/// (https://docs.cloud-init.io/en/latest/reference/datasources/nocloud.html). Guests of the project's own have no use for it.
/// </summary>
internal static class CloudSeed
{
    /// <summary>The disk's label, by which cloud-init finds it.</summary>
    public const string Label = "CIDATA";

    private const string Programs = "guest/";
    private const string Own = "cloud/";
    private const string Boot = "boot";

    /// <summary>What cloud-init runs at each start of the guest, before sshd.</summary>
    private const string Command =
        "mkdir -p /run/edgeop/media && { mountpoint -q /run/edgeop/media || mount -o ro LABEL=" + Label + " /run/edgeop/media; } && exec sh /run/edgeop/media/boot /run/edgeop/media";

    private const UnixFileMode Mode = (UnixFileMode)0b111_101_101;

    private static readonly Lazy<byte[]> Guest = new(PackPrograms);

    /// <summary>Replaces what is in the folder; the machine must not run.</summary>
    /// <param name="seed">As <see cref="SeedWriter"/> has it.</param>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    public static void Write(MachineFolder folder, MachineState state, ReadOnlyMemory<byte> seed)
    {
        PrivateFolder.Create(folder.CloudSeed);
        Put("meta-data", Json(json =>
        {
            json.WriteString("instance-id", $"edgeop-{state.Uuid}");
            json.WriteString("local-hostname", folder.Name);
        }));
        Put("user-data", (byte[])[.. "#cloud-config\n"u8, .. Json(json => WriteUserData(json, folder.Name))]);
        Put("network-config", Json(json => WriteNetwork(json, state)));
        Put("guest.tar", Guest.Value);
        Put("seed.tar", seed);
        Put(Boot, Resource(Own + Boot));

        void Put(string name, ReadOnlyMemory<byte> content) => StateFile.WriteChanged(Path.Combine(folder.CloudSeed, name), content);
    }

    // JSON is YAML.
    private static void WriteUserData(Utf8JsonWriter json, string name)
    {
        json.WriteString("hostname", name);
        json.WriteBoolean("ssh_pwauth", false);
        json.WriteBoolean("disable_root", false);

        // The image's own user would have neither a password nor a key.
        json.WriteStartArray("users");
        json.WriteEndArray();

        // sshd uses the host's one; others would take an emulated guest half a minute.
        json.WriteStartArray("ssh_genkeytypes");
        json.WriteStringValue("ed25519");
        json.WriteEndArray();
        json.WriteStartArray("bootcmd");
        json.WriteStartArray();
        foreach (var word in (string[])["sh", "-c", Command])
            json.WriteStringValue(word);
        json.WriteEndArray();
        json.WriteEndArray();
    }

    /// <summary>Version 2 of cloud-init's network configuration.</summary>
    private static void WriteNetwork(Utf8JsonWriter json, MachineState state)
    {
        var lines = SeedWriter.Network(state.Shape.Network).Select(line => line.Split(' ', 2)).ToLookup(line => line[0], line => line[1]);
        json.WriteNumber("version", 2);
        json.WriteStartObject("ethernets");
        WriteCard("eth0", state.Mac, lines["address"].FirstOrDefault(), lines["gateway"].FirstOrDefault(), [.. lines["dns"]]);
        if (lines["line"].FirstOrDefault() is { } line)
            WriteCard("eth1", NetworkOptions.LineMac(state.Mac), line, gateway: null, []);
        json.WriteEndObject();

        void WriteCard(string name, string mac, string? address, string? gateway, ImmutableArray<string> dns)
        {
            json.WriteStartObject(name);
            json.WriteStartObject("match");
            json.WriteString("macaddress", mac);
            json.WriteEndObject();
            json.WriteString("set-name", name);
            json.WriteBoolean("dhcp4", address is null);
            if (address is not null)
            {
                json.WriteStartArray("addresses");
                json.WriteStringValue(address);
                json.WriteEndArray();
            }

            if (gateway is not null)
                json.WriteString(gateway.Contains(':') ? "gateway6" : "gateway4", gateway);
            if (!dns.IsEmpty)
            {
                json.WriteStartObject("nameservers");
                json.WriteStartArray("addresses");
                foreach (var server in dns)
                    json.WriteStringValue(server);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }
    }

    private static byte[] PackPrograms()
    {
        var names = typeof(CloudSeed).Assembly.GetManifestResourceNames();
        using var content = new MemoryStream();
        using (var tar = new TarWriter(content, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var name in Below(Programs).Union(Below(Own)).Where(n => n != Boot).Order(StringComparer.Ordinal))
            {
                using var data = new MemoryStream(Resource(names.Contains(Own + name) ? Own + name : Programs + name));
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = data, Mode = Mode, ModificationTime = DateTimeOffset.UnixEpoch });
            }
        }

        return content.ToArray();

        IEnumerable<string> Below(string folder) => names.Where(n => n.StartsWith(folder, StringComparison.Ordinal)).Select(n => n[folder.Length..]);
    }

    private static byte[] Resource(string name)
    {
        using var stream = typeof(CloudSeed).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The program lacks {name}.");
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return text.ToArray();
    }
}
