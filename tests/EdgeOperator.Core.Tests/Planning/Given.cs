using System.Collections.Immutable;
using System.Text;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Tests.Planning;

/// <summary>Short ways to say what is desired and what is there.</summary>
internal static class Given
{
    public static DateTimeOffset Now { get; } = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    public static Inventory Uncommitted { get; } = new() { Committed = false };

    public static ResourceId ModuleId(string name) => new(KindNames.EdgeModule, name);

    public static ResourceId FileId(string name) => new(KindNames.ConfigFile, name);

    public static ResourceId AppId(string name) => new(KindNames.FunctionApp, name);

    public static ResourceId MachineId(string name) => new(KindNames.VirtualMachine, name);

    public static MachineImage MachineImage(string version) => new($"/srv/{version}.qcow2", version.PadRight(64, '0'));

    public static VirtualMachineResource Machine(string name, Func<VirtualMachineSpec, VirtualMachineSpec>? with = null, params string[] dependsOn)
    {
        var spec = new VirtualMachineSpec { Shape = new() { Image = MachineImage("a1") } };
        return new()
        {
            Id = MachineId(name),
            Origin = new($"{name}.yaml", 1, 1),
            Machine = with is null ? spec : with(spec),
            DependsOn = [.. dependsOn.Select(Id)],
        };
    }

    /// <summary>A machine that runs just as it is desired.</summary>
    public static ObservedVirtualMachine Running(VirtualMachineResource machine) => new()
    {
        Name = machine.Id.Name,
        Driver = MachineDriver.Qemu,
        Phase = MachinePhase.Running,
        IsAskedToRun = true,
        Applied = machine.Machine.Shape,
        Images = machine.Machine.Shape.Image is { } image ? [image.Sha256] : [],
        SystemDisk = MachineDiskState.Good,
        DataDisk = MachineDiskState.Good,
        StartedAt = Now.AddHours(-1),
        Guest = new() { BootId = "b1", Provisioned = machine.Machine.Provisioning.IsEmpty ? null : machine.Machine.Provisioning.Hash },
    };

    public static ObservedState WithMachines(this ObservedState device, params ObservedVirtualMachine[] machines) =>
        device with { Machines = device.Machines.AddRange(machines.Select(machine => KeyValuePair.Create(machine.Name, machine))) };

    public static EdgeModuleResource Module(string name, string image = "app:1", Func<EdgeModuleSpec, EdgeModuleSpec>? with = null, params string[] dependsOn)
    {
        var spec = new EdgeModuleSpec { Name = name, Image = image, CreateBody = $$"""{"Image":"{{image}}"}""" };
        return new()
        {
            Id = ModuleId(name),
            Origin = new($"{name}.yaml", 1, 1),
            Container = with is null ? spec : with(spec),
            DependsOn = [.. dependsOn.Select(Id)],
        };
    }

    public static ConfigFileResource File(string name, string content = "content", FileAction? onChange = null, string? path = null, params string[] dependsOn) => new()
    {
        Id = FileId(name),
        Origin = new($"{name}.yaml", 1, 1),
        File = new() { Path = path ?? $"/etc/{name}", Content = Encoding.UTF8.GetBytes(content), OnChange = onChange },
        DependsOn = [.. dependsOn.Select(Id)],
    };

    public static FunctionAppResource App(string name, string code = "v1", Func<FunctionAppSpec, FunctionAppSpec>? with = null, params string[] dependsOn)
    {
        var spec = new FunctionAppSpec { Package = new FunctionPackage.Folder(name, [new("host.json", Encoding.UTF8.GetBytes(code))]) };
        return new()
        {
            Id = AppId(name),
            Origin = new($"{name}.yaml", 1, 1),
            App = with is null ? spec : with(spec),
            DependsOn = [.. dependsOn.Select(Id)],
        };
    }

    /// <summary>An app that is served just as it is desired.</summary>
    public static ObservedFunctionApp Served(FunctionAppResource app) => new()
    {
        Name = app.Id.Name,
        Packages = [app.App.Package.Hash],
        Requested = app.SpecHash,
        User = app.App.User ?? "",
        Phase = AppHostPhase.Running,
        Report = new() { App = app.Id.Name, Version = "1", Wanted = app.SpecHash, Serving = app.SpecHash, ServingSince = Now.AddHours(-1) },
    };

    /// <summary>Reads <c>Kind/name</c>; a bare name is a module's.</summary>
    public static ResourceId Id(string text) => ResourceId.TryParse(text, out var id) ? id : ModuleId(text);

    public static DesiredState Desired(params Resource[] resources) =>
        new("r1", resources.ToImmutableSortedDictionary(resource => resource.Id, resource => resource));

    /// <summary>A running container that is just as the module asks.</summary>
    public static ObservedContainer Container(EdgeModuleResource module, string id = "1") => new()
    {
        Id = $"{module.Id.Name}-{id}",
        Name = module.Container.Name,
        Resource = module.Id,
        SpecHash = module.SpecHash,
        Revision = "r0",
        Image = module.Container.Image,
        ImageId = $"sha256:{module.Container.Image}",
        Phase = ContainerPhase.Running,
        Created = Now.AddHours(-2),
        StartedAt = Now.AddHours(-1),
        Networks = module.Container.Networks,
    };

    public static ObservedContainer Stopped(this ObservedContainer container, int exitCode = 0) =>
        container with { Phase = ContainerPhase.Exited, ExitCode = exitCode, FinishedAt = Now.AddMinutes(-1) };

    /// <summary>A container that somebody else made.</summary>
    public static ObservedContainer Foreign(string name) => new()
    {
        Id = $"foreign-{name}",
        Name = name,
        Image = "theirs:1",
        ImageId = "sha256:theirs",
        Phase = ContainerPhase.Running,
        StartedAt = Now.AddDays(-1),
    };

    /// <summary>A device with these containers, their images, and images that are only there.</summary>
    public static ObservedState Device(IEnumerable<ObservedContainer> containers, params string[] images)
    {
        ImmutableArray<ObservedContainer> all = [.. containers];
        return new()
        {
            Engine = new()
            {
                Containers = all,
                Images = all.Select(container => container.Image).Concat(images).Distinct()
                    .ToImmutableSortedDictionary(image => image, image => new ObservedImage($"sha256:{image}", []), StringComparer.Ordinal),
                Networks = [.. all.SelectMany(container => container.Networks)],
            },
        };
    }

    public static ObservedState Device(params ObservedContainer[] containers) => Device(containers.AsEnumerable());

    public static ObservedState WithFiles(this ObservedState device, params ObservedConfigFile[] files) =>
        device with { Files = device.Files.AddRange(files.Select(file => KeyValuePair.Create(file.Path, file))) };

    public static ObservedState WithApps(this ObservedState device, params ObservedFunctionApp[] apps) =>
        device with { Apps = device.Apps.AddRange(apps.Select(app => KeyValuePair.Create(app.Name, app))) };

    /// <summary>The file as the agent wrote it an hour ago.</summary>
    public static ObservedConfigFile Written(ConfigFileResource file) => new()
    {
        Path = file.File.Path,
        Exists = true,
        ContentHash = file.File.ContentHash,
        Mode = file.File.Mode,
        WrittenFor = file.Id,
        WrittenAt = Now.AddHours(-1),
    };

    public static Plan PlanFor(DesiredState desired, ObservedState observed, Inventory? inventory = null) =>
        Planner.Plan(RegisteredKinds.All, desired, observed, inventory ?? Inventory.Empty, Now);

    public static void ShouldChangeNothing(this Plan plan) => PlanText.Render(plan).Should().Be("No changes.\n");

    /// <summary>What a step does, to which container: <c>stop web-1</c>.</summary>
    public static IEnumerable<string> Summary(this Plan plan) => plan.Steps.Where(step => step is not Milestone).Select(Summary);

    public static string Summary(this Step step) => step switch
    {
        CreateContainer create => $"create {create.Name}",
        RenameContainer rename => $"rename {Target(rename)} to {rename.Name}",
        StartContainer start => $"start {Target(start)}",
        StopContainer stop => $"stop {Target(stop)}",
        RestartContainer restart => $"restart {Target(restart)}",
        RemoveContainer remove => $"remove {Target(remove)}",
        _ => step.Id,
    };

    private static string Target(ContainerStep step) => step.ContainerId ?? $"new {step.Resource.Name}";
}
