using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Definitions;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Kinds.FunctionApp;

internal static class FunctionAppDefinition
{
    public static KindDefinition Kind { get; } = new(
        KindNames.FunctionApp,
        "An Azure Functions app, hosted on the device itself.",
        new([
            new("package", Package(), "The app's folder in the source, the one with host.json: relative to the manifest's folder, or from the source's root with a leading `/`. Or a mapping.") { Required = true },
            new("worker", Names.FunctionWorker, "What runs the code: `node`, `custom`, or the language of a worker.config.json; absent tells from the app itself."),
            new("instances", new IntegerType("a whole number", 1, 64), "Worker processes that share the app's load.") { Default = "1" },
            new("settings", EnvironmentType.Instance, "App settings, which functions see as environment variables: a mapping of names to values, or a list of `name` and `value`.") { Default = "{}" },
            new("settingsFiles", new MapType(Names.EnvironmentKey, Names.AbsolutePath), "Settings whose values are the contents of files on the device, for secrets: names and paths. They are read when the app is put into service.") { Default = "{}" },
            new("http", Http(), "Where HTTP triggers listen, and their keys.") { Default = "{}" },
            new("schedule", new ListType(Window()), "Windows in which the app runs; it is stopped at other times. Absent means always.") { Default = "[]" },
            new("resources", Resources(), "Limits on what the app may use."),
            new("standby", BooleanType.Instance, "Keep one more worker process loaded and idle, to take the place of one that is lost.") { Default = "false" },
            new("user", Names.Owner, "The user that the app runs as; absent means the agent's own."),
            .. CommonFields.All,
        ]));

    private static ObjectType Package() => new(
        new("path", StringType.Any, "The app's folder in the source."),
        new("url", Names.HttpUrl, "A zip file with the app, fetched by the device."),
        new("sha256", Names.Sha256, "The zip file's SHA-256."),
        new("published", Names.Resource, "What is published to the device under this name, with `edgeop function publish` or tools for Azure."))
    {
        Shorthand = "path",
        Rules = [new Rule.ExactlyOne("path", "url", "published"), new Rule.AllOrNone("url", "sha256")],
    };

    private static ObjectType Http() => new(
        new("port", IntegerType.Port, "The port; absent takes any free one."),
        new("address", IpAddressType.Instance, "The address to listen on; `0.0.0.0` is every one.") { Default = "127.0.0.1" },
        new("masterKeyFile", Names.AbsolutePath, "A file on the device that holds the master key; absent lets the device make one."),
        new("keyFiles", new MapType(Names.FunctionKey, Names.AbsolutePath), "Keys that fit every function: names, and files on the device that hold them.") { Default = "{}" },
        new("corsOrigins", new ListType(Names.HttpOrigin), "Origins whose pages may call the app from a browser (CORS), such as `https://example.org`; `*` is any.") { Default = "[]" },
        new("corsCredentials", BooleanType.Instance, "Those pages may send cookies and other credentials along.") { Default = "false" },
        new("trustedProxies", new ListType(Names.IpNetwork), "Addresses or networks of reverse proxies before the app: their `X-Forwarded-For`, `-Proto` and `-Host` are believed.") { Default = "[]" });

    private static ObjectType Window() => new(
        new("days", new ListType(Days(), allowEmpty: false), "Days on which the window begins; absent means every day."),
        new("start", Names.TimeOfDay, "When it begins.") { Required = true },
        new("end", Names.TimeOfDay, "When it ends; at or before `start`: on the next day.") { Required = true },
        new("timeZone", Names.TimeZone, "Whose time is meant; absent means the device's."));

    private static ChoiceType Days() => new(
        [.. Enum.GetValues<DayOfWeek>().Select(day => new Choice(day.ToString()[..3], day.ToString()) { Synonyms = [day.ToString()] })]);

    private static ObjectType Resources() => new(
        new("cpus", CpuType.Instance, "Processors for the whole app, such as `0.5` or `500m`; kept where the agent may use control groups."),
        new("memory", new MemoryType(16 << 20), "Memory for each worker process, such as `256Mi`; one that takes more is replaced."));
}
