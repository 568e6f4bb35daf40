using System.Collections.Immutable;
using System.Net;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Reading;

namespace EdgeOperator.Core.Kinds.VirtualMachine;

/// <summary>Finds fields of a virtual machine that are right by themselves and can't go together.</summary>
internal sealed class VirtualMachineCheck(VirtualMachineFields fields, MapNode spec, ProblemCollector problems)
{
    /// <summary>What the guest itself needs; nothing may cover it.</summary>
    private static readonly string[] Covered = ["/bin", "/boot", "/data", "/dev", "/etc", "/lib", "/lib64", "/proc", "/root", "/run", "/sbin", "/sys", "/usr", "/var"];

    /// <summary>Nothing lasts below them.</summary>
    private static readonly string[] Volatile = ["/dev", "/proc", "/run", "/sys"];

    public void Run()
    {
        CheckDriver();
        CheckAddress();
        CheckForwards();
        CheckSharedFolders();
        CheckInterop();
        CheckProvisioning();
        CheckUser();
    }

    private void CheckDriver()
    {
        if (fields is { Driver: MachineDriver.Qemu, Disk.Image: null } && !spec["disk"].HasUnknown())
            problems.Add(spec.At("disk")?.Where ?? spec.Where, "a machine of QEMU needs an image", "add `disk.image` with `path` or `url`, and `sha256`");
        if (fields is { Driver: MachineDriver.Eflow, Disk.Image: not null })
            problems.Add(spec.At("disk", "image")!.Where, "EFLOW brings its own image", "remove `disk.image`");
        foreach (var (name, driver) in (ReadOnlySpan<(string, MachineDriver)>)[("eflow", MachineDriver.Eflow), ("wsl", MachineDriver.Wsl)])
        {
            if (spec.At(name) is not null && fields.Driver != MachineDriver.Auto && fields.Driver != driver && !spec["driver"].HasUnknown())
                problems.Add(spec.Find(name)!.KeyWhere, $"`{name}` has no effect with this driver", $"write `driver: {name}`, or remove it");
        }
    }

    private void CheckAddress()
    {
        if (fields.Network is { Mode: MachineNetworkMode.User or MachineNetworkMode.Isolated, Address: { } own } && own.Contains(':') && !spec["network"].HasUnknown())
            problems.Add(spec.At("network", "address")!.Where, $"the network behind the host has IPv4 addresses only, so {own} can't be one of them", "give an IPv4 address, or join a network of the host's by `mode: bridge`");
        if (fields.Network.Gateway is not { } gateway || spec["network"].HasUnknown())
            return;
        var where = spec.At("network", "gateway")!.Where;
        if (fields.Network.Address is not { } address)
            problems.Add(where, "spec.network has a `gateway` without an `address`", "add `address`, or leave the gateway to DHCP");
        else if (NetworkAddressType.NetworkOf(address)?.Contains(IPAddress.Parse(gateway)) == false)
            problems.Add(where, $"the gateway {gateway} does not lie in the network of {address}", "correct one of them");
    }

    private void CheckForwards() => Compare(
        fields.Network.Forwards, spec.ItemsAt("network", "forwards"),
        (one, other) => one.Overlaps(other),
        (one, other) => ($"the forward {other} takes a port of the host that {one} has already", "choose another port of the host"));

    private void CheckSharedFolders()
    {
        var nodes = spec.ItemsAt("sharedFolders");
        foreach (var (folder, node) in fields.SharedFolders.Zip(nodes).Where(pair => !pair.Second.HasUnknown()))
        {
            if (Covered.Contains(folder.Guest) || Volatile.Any(root => IsBelow(folder.Guest, root)))
                problems.Add(((MapNode)node)["guest"]!.Where, $"a folder at {folder.Guest} would cover what the guest itself needs", "choose another place, such as `/mnt/NAME`");
            if (folder.Transport != ShareTransport.Auto && fields.Driver is MachineDriver.Eflow or MachineDriver.Wsl)
                problems.Add(((MapNode)node)["transport"]!.Where, "`transport` has no effect with this driver", "remove it");
        }

        Compare(
            fields.SharedFolders, nodes,
            (one, other) => one.Guest == other.Guest || IsBelow(one.Guest, other.Guest) || IsBelow(other.Guest, one.Guest),
            (one, other) => ($"the folders at {one.Guest} and {other.Guest} would cover each other in the guest", "mount one of them elsewhere"));
    }

    private void CheckInterop()
    {
        var env = spec.ItemsAt("interop", "env");
        foreach (var (entry, node) in fields.Interop.Env.Zip(env).Where(pair => pair.First.Split('/') is [_, var flags] && flags.Contains('u') && flags.Contains('w')))
            problems.Add(node.Where, $"{entry} is shared in neither direction", "keep one of the flags u and w, or none of them for both directions");
        Compare(
            fields.Interop.Env, env,
            (one, other) => one.Split('/')[0] == other.Split('/')[0],
            (_, other) => ($"the variable {other.Split('/')[0]} is shared twice", "keep one of the entries"));

        foreach (var name in fields.Interop.GuestUsers.Keys.Where(name => !fields.Interop.Programs.ContainsKey(name)))
            problems.Add((spec.At("interop", "guestUsers") as MapNode)!.Find(name)!.KeyWhere, $"`{name}` in spec.interop.guestUsers is none of spec.interop.programs", "correct the name, or remove it");
        if (fields.Interop is { Enabled: true, Programs.IsEmpty: false, User: { } user } && user.Split(':')[0] is "root" or "0")
            problems.Warn(spec.At("interop", "user")!.Where, "programs of the host run as root for a guest", "name a user with no more rights than `interop.programs` need, and say in `interop.guestUsers` who may run them");

        foreach (var name in fields.Interop.Programs.Keys.Where(name => fields.Interop.Programs.ContainsKey($"{name}.exe")))
            problems.Add((spec.At("interop", "programs") as MapNode)!.Find(name)!.KeyWhere, $"the guest can't tell the programs {name} and {name}.exe apart", "keep one of them; it is called by both names");
    }

    private void CheckProvisioning()
    {
        Compare(
            fields.Provisioning.Files, spec.ItemsAt("provisioning", "files"),
            (one, other) => one.Path == other.Path,
            (_, other) => ($"the file {other.Path} is written twice", "keep one of them"));
        Compare(
            fields.Provisioning.Users, spec.ItemsAt("provisioning", "users"),
            (one, other) => one.Name == other.Name,
            (_, other) => ($"the user {other.Name} is declared twice", "make one of them"));
    }

    private void CheckUser()
    {
        // The other drivers' guests have users of their own.
        if (fields.Driver is MachineDriver.Eflow or MachineDriver.Wsl || fields.User == "root" || fields.Provisioning.Users.Any(user => user.Name == fields.User))
            return;
        if (!spec["user"].HasUnknown() && !spec["driver"].HasUnknown() && !spec.At("provisioning", "users").HasUnknown())
            problems.Add(spec["user"]!.Where, $"the user {fields.User} is not declared", "add it to `provisioning.users`");
    }

    /// <summary>Reports each item that an earlier one clashes with, once.</summary>
    private void Compare<T>(ImmutableArray<T> items, ImmutableArray<Node> nodes, Func<T, T, bool> clash, Func<T, T, (string What, string Fix)> problem)
    {
        for (var i = 1; i < items.Length; i++)
        {
            for (var earlier = 0; earlier < i; earlier++)
            {
                if (nodes[i].HasUnknown() || nodes[earlier].HasUnknown() || !clash(items[earlier], items[i]))
                    continue;
                var (what, fix) = problem(items[earlier], items[i]);
                problems.Add(nodes[i].Where, what, fix);
                break;
            }
        }
    }

    private static bool IsBelow(string path, string root) => path.StartsWith(root + "/", StringComparison.Ordinal);
}
