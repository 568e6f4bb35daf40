using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.State;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Core.Tests.Planning.Model;

/// <summary>Revisions that reach a device one after the other, good ones and bad ones.</summary>
internal sealed record Scenario(DesiredState[] Revisions)
{
    private static readonly string[] Names = ["a", "b", "c", "d"];
    private static readonly string[] Images = ["app:1", "app:2", "app:3", "slow:1", "slow:2", "sick:1", "crash:1", "job:1", "job:2"];

    public static Arbitrary<Scenario> Any { get; } = Arb.From(
        from count in Gen.Choose(1, 4)
        from revisions in Revision().ArrayOf(count)
        select new Scenario([.. revisions.Select((resources, i) => Given.Desired(resources) with { Revision = $"r{i + 1}" })]),
        scenario => scenario.Revisions.Length == 1 ? [] : scenario.Revisions.Select((_, i) => new Scenario([.. scenario.Revisions.Where((_, j) => j != i)])));

    /// <summary>A device on which these images behave as their names say, with a container of somebody else.</summary>
    public static ModelDevice NewDevice()
    {
        var device = new ModelDevice
        {
            BehaviourOf = image => image.Split(':')[0] switch
            {
                "slow" => Behaviour.StartsSlowly,
                "sick" => Behaviour.NeverHealthy,
                "crash" => Behaviour.Crashes,
                "job" => Behaviour.Completes,
                _ => Behaviour.Runs,
            },
        };
        device.Put(Given.Foreign("theirs"));
        return device;
    }

    public override string ToString() => string.Join("\n", Revisions.Select(revision =>
        $"{revision.Revision}: {string.Join("; ", revision.Resources.Values.Select(Describe))}"));

    private static string Describe(Resource resource) => resource switch
    {
        EdgeModuleResource { Container: var spec } =>
            $"{spec.Name} {spec.Image} at {spec.Target} {spec.UpdateStrategy} {spec.Power} {spec.Restart} order {spec.StartupOrder} on [{string.Join(' ', resource.DependsOn)}] net [{string.Join(' ', spec.Networks)}]",
        ConfigFileResource { File: var file } => $"{resource.Id} {file.ContentHash[..4]} then {file.OnChange} on [{string.Join(' ', resource.DependsOn)}]",
        VirtualMachineResource { Machine: var vm } =>
            $"{resource.Id} {vm.Shape.Image!.Sha256[..3]} {vm.Shape.Cpus} cpus {vm.Shape.DiskSize >> 30} GiB {vm.Shape.Network.Forwards.Length} forwards {vm.Power} provision [{string.Join(' ', vm.Provisioning.Commands)}] on [{string.Join(' ', resource.DependsOn)}]",
        FunctionAppResource { App: var app } => $"{resource.Id} {app.Hash[..4]} of {app.Package.Hash[..4]} as {app.User} on [{string.Join(' ', resource.DependsOn)}]",
        _ => resource.ToString(),
    };

    private static Gen<Resource[]> Revision() =>
        from names in Gen.SubListOf(Names)
        from modules in Gen.CollectToArray(names.Select(Module).ToArray())
        from files in Gen.SubListOf("f", "g")
        from written in Gen.CollectToArray(files.Select(File).ToArray())
        from apps in Gen.SubListOf("x", "y")
        from served in Gen.CollectToArray(apps.Select(App).ToArray())
        from machines in Gen.SubListOf("p", "q")
        from booted in Gen.CollectToArray(machines.Select(Machine).ToArray())
        let all = modules.Concat(written).Concat(served).Concat(booted).ToArray()
        let known = all.Select(resource => resource.Id).ToHashSet()
        select all.Select(resource => Placed(resource, known) with { DependsOn = [.. Placed(resource, known).DependsOn.Where(known.Contains)] }).ToArray();

    /// <summary>A module whose machine the revision does not have stays on the host; the others depend on theirs.</summary>
    private static Resource Placed(Resource resource, HashSet<ResourceId> known) => resource is not EdgeModuleResource { Container: var spec } module || EngineTarget.MachineOf(spec.Target) is not { } machine
        ? resource
        : known.Contains(machine)
            ? module with { DependsOn = [.. module.DependsOn.Add(machine).Distinct()] }
            : module with { Container = spec with { Target = EngineTarget.Host } };

    private static Gen<Resource> Module(string name) =>
        from image in Gen.Elements(Images)
        from strategy in Gen.Elements(UpdateStrategy.Recreate, UpdateStrategy.StartFirst)
        from power in Gen.Frequency((5, Gen.Constant(ModulePower.Running)), (1, Gen.Constant(ModulePower.Stopped)))
        from order in Gen.Elements(0u, 1u, 2u, uint.MaxValue)
        from policy in Gen.Elements(RestartPolicy.Always, RestartPolicy.OnUnhealthy, RestartPolicy.OnFailed)
        from network in Gen.Elements("", "front", "back")
        from volume in Gen.Elements("", "data")
        from target in Gen.Frequency((4, Gen.Constant(EngineTarget.Host)), (2, Gen.Constant("p")), (1, Gen.Constant("q")))
        from dependencies in Gen.SubListOf(Names.Where(other => string.CompareOrdinal(other, name) < 0).Append("ConfigFile/f").Append("VirtualMachine/p"))
        select (Resource)Given.Module(name, image, spec => spec with
        {
            // As in a real request, whose networks and volumes are part of the hash.
            CreateBody = $$"""{"Image":"{{image}}","Network":"{{network}}","Volume":"{{volume}}"}""",
            UpdateStrategy = strategy,
            Power = power,
            StartupOrder = order,
            Restart = image.StartsWith("job", StringComparison.Ordinal) ? RestartPolicy.Never : policy,
            Networks = network == "" ? [] : [network],
            Volumes = volume == "" ? [] : [volume],
            Target = target,
        }, [.. dependencies]);

    private static Gen<Resource> App(string name) =>
        from code in Gen.Elements("v1", "v2", "v3", "broken")
        from user in Gen.Elements<string?>(null, "app")
        from instances in Gen.Elements(1, 2)
        from dependencies in Gen.SubListOf("a", "ConfigFile/f", name == "y" ? "FunctionApp/x" : "b")
        select (Resource)Given.App(name, code, spec => spec with { User = user, Instances = instances }, [.. dependencies]);

    private static Gen<Resource> Machine(string name) =>
        from image in Gen.Frequency((4, Gen.Constant("a1")), (4, Gen.Constant("b2")), (1, Gen.Constant("bad")))
        from cpus in Gen.Elements(1, 2)
        from size in Gen.Elements(10L, 20L)
        from forwarded in Gen.Elements(true, false)
        from power in Gen.Frequency((5, Gen.Constant(MachinePower.Running)), (1, Gen.Constant(MachinePower.Stopped)))
        from command in Gen.Elements("", "one", "two")
        from dependencies in Gen.SubListOf("ConfigFile/f", name == "q" ? "VirtualMachine/p" : "FunctionApp/x")
        select (Resource)Given.Machine(name, _ => new()
        {
            Shape = new()
            {
                Cpus = cpus,
                DiskSize = size << 30,
                Image = Given.MachineImage(image),
                Network = new() { Forwards = forwarded ? [new("127.0.0.1", 80, 80, "tcp")] : [] },
            },
            Power = power,
            Provisioning = new() { Commands = command == "" ? [] : [command] },
        }, [.. dependencies]);

    private static Gen<Resource> File(string name) =>
        from content in Gen.Elements("one", "two")
        from action in Gen.Elements<FileAction?>(null, new FileAction.ReloadUnit("unit"), new FileAction.RestartModule("a"), new FileAction.RestartModule("d"))
        from dependencies in Gen.SubListOf(name == "g" ? ["a", "b"] : Array.Empty<string>())
        select (Resource)Given.File(name, content, action, dependsOn: [.. dependencies]);
}
