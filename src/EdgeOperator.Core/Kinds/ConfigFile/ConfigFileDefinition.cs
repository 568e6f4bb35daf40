using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Definitions;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Kinds.ConfigFile;

internal static class ConfigFileDefinition
{
    public static KindDefinition Kind { get; } = new(
        KindNames.ConfigFile,
        "A file on the device: its content, who may read it, and what to do when it changed.",
        new([
            new("path", Names.FilePath, "The file's absolute path on the device, below one of the agent's allowed roots.") { Required = true },
            new("content", new TextType(allowNul: true, takesSecrets: true), "The file's content as UTF-8 text. Variables are rendered, secrets too; `$${` is a literal `${`."),
            new("source", StringType.Any, "A file of the source to copy byte for byte: relative to the manifest's folder, or from the source's root with a leading `/`. Variables in it are not rendered."),
            new("mode", FileModeType.Instance, "Permission bits as octal digits; absent means 0600 where the content holds a secret.") { Default = "\"0644\"" },
            new("owner", Names.Owner, "`user` or `user:group`, by name or number; absent means the agent's own user."),
            new("target", TargetType.Instance, "Where the resource belongs: `host`.") { Default = EngineTarget.Host },
            new("onChange", OnChange(), "What to do after the file changed."),
            .. CommonFields.All,
        ])
        { Rules = [new Rule.ExactlyOne("content", "source")] });

    private static ObjectType OnChange() => new(
        new("reloadUnit", Names.Unit, "A systemd unit to reload."),
        new("restartUnit", Names.Unit, "A systemd unit to restart."),
        new("restartModule", Names.Resource, "An EdgeModule to restart, by name."),
        new("run", new ListType(TextType.Any, allowEmpty: false), "A program and its arguments, run without a shell."))
    {
        Rules = [new Rule.ExactlyOne("reloadUnit", "restartUnit", "restartModule", "run")],
    };
}
