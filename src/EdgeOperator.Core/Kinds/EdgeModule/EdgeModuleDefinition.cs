using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Definitions;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Kinds.EdgeModule;

internal static class EdgeModuleDefinition
{
    public static KindDefinition Kind { get; } = new(
        KindNames.EdgeModule,
        "A container on the device's engine or on that of a VirtualMachine, described by plain fields, by the engine's own create options, or by both.",
        new([
            new("image", StringType.Any, "The image, with a tag or a digest.") { Required = true },
            new("imagePullPolicy", PullPolicy(), "`on-create` pulls for each new or changed module and falls back to a local copy; `if-not-present` pulls only what is missing; `never` pulls nothing.") { Default = "on-create" },
            new("createOptions", CreateOptionsType.Instance, "The engine's own create request (Docker's `POST /containers/create`), as a mapping or as a JSON string."),
            new("command", Words(), "Replaces the image's entry point, and with it the image's default arguments."),
            new("args", Words(), "Replaces the image's default arguments."),
            new("workingDir", StringType.Any, "The working directory inside the container."),
            new("env", EnvironmentType.Instance, "Environment variables: a mapping of names to values, or a list of `name` and `value`.") { Default = "{}" },
            new("ports", new ListType(PortMappingType.Instance), "Published ports: `[address:]host:container[/protocol]`, or mappings.") { Default = "[]" },
            new("volumes", new ListType(VolumeMountType.Instance), "Volumes and host paths: `volume:/path[:ro]` or `/host/path:/path[:ro]`, or mappings. Missing volumes are created and never deleted.") { Default = "[]" },
            new("secretFiles", new ListType(SecretFile()), "Files with secrets, mounted read-only from memory (tmpfs): they are on no disk, and the engine does not show what is in them.") { Default = "[]" },
            new("registryCredentials", RegistryLogin(), "How to sign in to the registry of the module's image."),
            new("networks", new ListType(Names.EngineObject), "Networks to join, created when they are missing; `host` and `none` are the engine's own.") { Default = "[]" },
            new("resources", Resources(), "Limits on what the container may use."),
            new("user", Names.Owner, "The user inside the container; absent means the image's."),
            new("readOnly", BooleanType.Instance, "Make the root file system read-only.") { Default = "false" },
            new("labels", new MapType(Names.ContainerLabelKey, TextType.Any), "Labels on the container.") { Default = "{}" },
            new("restartPolicy", Restart(), "When the container is started again after it stopped or became unhealthy.") { Default = "on-unhealthy" },
            new("status", new ChoiceType(new("running", nameof(ModulePower.Running)), new("stopped", nameof(ModulePower.Stopped))), "Whether the container should run.") { Default = "running" },
            new("startupOrder", new IntegerType("a whole number", 0, uint.MaxValue), "Order of the start attempts, lowest first; equal orders start together.") { Default = "4294967295" },
            new("health", HealthDefinition.Type, "How to tell that the module is well."),
            new("updateStrategy", Strategy(), "`Recreate` stops the old container before it starts the new one; `StartFirst` waits until the new one is Ready.") { Default = "Recreate" },
            new("target", Names.EngineTarget, "Whose container engine runs the module: `host`, or a VirtualMachine's name for the engine inside of it, which then must be Ready first. Ports and host paths are the machine's.") { Default = EngineTarget.Host },
            new("stopTimeout", new DurationType(TimeSpan.Zero, TimeSpan.FromHours(1)), "How long the container may take to stop before it is killed; absent means the engine's default of 10 s."),
            .. CommonFields.All,
        ]));

    private static ObjectType SecretFile() => new(
        new("path", Names.AbsolutePath, "The file's absolute path inside the container.") { Required = true },
        new("content", TextType.WithSecrets, "The file's content, such as `${secrets.NAME.KEY}`.") { Required = true },
        new("mode", FileModeType.Instance, "Its permissions inside the container. On the host, nobody but root reaches it.") { Default = "\"0444\"" });

    private static ObjectType RegistryLogin() => new(
        new("username", TextType.WithSecrets, "The user's name.") { Required = true },
        new("password", TextType.WithSecrets, "The password or token, such as `${secrets.NAME.KEY}`.") { Required = true });

    private static ListType Words() => new(TextType.Any, allowEmpty: false);

    private static ObjectType Resources() => new(
        new("cpus", CpuType.Instance, "Processors, such as `0.5` or `500m`."),
        new("memory", new MemoryType(6 << 20), "Memory, such as `64Mi`; at least 6 MiB, as engines demand."));

    private static ChoiceType PullPolicy() => new(
        new("on-create", nameof(ImagePullPolicy.OnCreate)),
        new("if-not-present", nameof(ImagePullPolicy.IfNotPresent)) { Foreign = ["IfNotPresent"] },
        new("never", nameof(ImagePullPolicy.Never)) { Foreign = ["Never"] })
    {
        Hints = new[] { "always", "Always" }.ToImmutableDictionary(w => w, _ => "write `on-create`, which pulls for each new or changed module"),
    };

    private static ChoiceType Restart() => new(
        new("always", nameof(RestartPolicy.Always)) { Foreign = ["Always"] },
        new("on-unhealthy", nameof(RestartPolicy.OnUnhealthy)),
        new("on-failed", nameof(RestartPolicy.OnFailed)) { Synonyms = ["on-failure"], Foreign = ["OnFailure"] },
        new("never", nameof(RestartPolicy.Never)) { Foreign = ["Never", "no"] });

    private static ChoiceType Strategy() => new(
        new("Recreate", nameof(UpdateStrategy.Recreate)),
        new("StartFirst", nameof(UpdateStrategy.StartFirst)) { Foreign = ["RollingUpdate"] });
}
