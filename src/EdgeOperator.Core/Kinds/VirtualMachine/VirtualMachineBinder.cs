using System.Collections.Immutable;
using System.Text;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Reading;

namespace EdgeOperator.Core.Kinds.VirtualMachine;

/// <summary>Makes a virtual machine of its checked fields.</summary>
internal static class VirtualMachineBinder
{
    /// <summary>The folder beside those of the machines.</summary>
    public const string ReservedName = "images";

    private const long MiB = 1 << 20;

    /// <param name="spec">The spec as written, for positions.</param>
    /// <returns>Null after a problem.</returns>
    public static VirtualMachineSpec? Bind(VirtualMachineFields fields, MapNode spec, SourceFiles files, string manifest, ProblemCollector problems)
    {
        var before = problems.Count;
        new VirtualMachineCheck(fields, spec, problems).Run();
        var provisioned = Files(fields.Provisioning.Files, spec, files, manifest, problems);
        return problems.Count > before ? null : new()
        {
            Driver = fields.Driver,
            Shape = new()
            {
                Cpus = fields.Cpus,
                Memory = Whole(fields.Memory),
                DiskSize = Whole(fields.Disk.Size),
                Image = fields.Disk.Image is { } image ? new((image.Path ?? image.Url)!, image.Sha256) : null,
                Network = fields.Network,
                SharedFolders = fields.SharedFolders,
                Interop = fields.Interop,
                Tpm = fields.Tpm,
                Firmware = fields.Firmware,
            },
            Provisioning = new() { Files = provisioned, Users = fields.Provisioning.Users, Commands = fields.Provisioning.Commands },
            Power = fields.Power,
            User = fields.User,
            StopTimeout = fields.StopTimeout,
            Eflow = fields.Eflow,
            Wsl = fields.Wsl,
        };
    }

    private static long Whole(long bytes) => bytes / MiB * MiB == bytes ? bytes : ((bytes / MiB) + 1) * MiB;

    private static ImmutableArray<GuestFile> Files(
        ImmutableArray<GuestFileFields> fields, MapNode spec, SourceFiles files, string manifest, ProblemCollector problems)
    {
        var nodes = spec.ItemsAt("provisioning", "files");
        return [.. fields.Select((file, i) => new GuestFile(file.Path, Content(file, nodes[i]), file.Mode, file.Owner))];

        ReadOnlyMemory<byte> Content(GuestFileFields file, Node node) => file.Content is not null
            ? Encoding.UTF8.GetBytes(file.Content)
            : ((MapNode)node)["source"] is ScalarNode { Kind: not ScalarKind.Placeholder } source && files.Find(manifest, source, problems) is { } found
                ? found.Content
                : ReadOnlyMemory<byte>.Empty;
    }
}
