using System.Collections.Immutable;
using EdgeOperator.Agent.Drivers;
using EdgeOperator.Agent.Kinds.ConfigFile;
using EdgeOperator.Agent.Kinds.EdgeModule;
using EdgeOperator.Agent.Kinds.FunctionApp;
using EdgeOperator.Agent.Kinds.Secret;
using EdgeOperator.Agent.Kinds.SystemUpdate;
using EdgeOperator.Agent.Kinds.SystemUpdate.Releases;
using EdgeOperator.Agent.Kinds.VirtualMachine;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Agent.Kinds;

/// <summary>The kinds of resources on a device: what Core knows of them, and what makes their drivers.</summary>
/// <param name="Drivers">In the order in which they observe: each may use what those before it offer and have seen.</param>
public sealed record DeviceKinds(KindSet Kinds, ImmutableArray<DriverRegistration> Drivers)
{
    /// <summary>The one list of the drivers that this version has. A new kind gets its line here.</summary>
    public static DeviceKinds Registered { get; } = new(RegisteredKinds.All,
    [
        new(KindNames.Secret, SecretDriver.Create),
        new(KindNames.VirtualMachine, VirtualMachineDriver.Create),
        new(KindNames.EdgeModule, EdgeModuleDriver.Create),
        new(KindNames.ConfigFile, ConfigFileDriver.Create),
        new(KindNames.SystemUpdate, SystemUpdateDriver.Create),
        new(KindNames.FunctionApp, context => OperatingSystem.IsLinux() ? FunctionAppDriver.Create(context) : new WithoutFunctions()),
        new(KindNames.SystemUpdate, context => OperatingSystem.IsLinux() ? ReleaseDriver.Create(context) : new WithoutReleases()),
    ]);

    /// <summary>With another kind added.</summary>
    public DeviceKinds Add(Kind kind, Func<DriverContext, IDriver> create) => new(Kinds.Add(kind), Drivers.Add(new(kind.Name, create)));

    /// <summary>With another driver for a kind.</summary>
    internal DeviceKinds Replace(string kind, Func<DriverContext, IDriver> create) =>
        this with { Drivers = [.. Drivers.Select(driver => driver.Kind == kind ? new(kind, create) : driver)] };
}
