using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Kinds.EdgeModule;

internal static class HealthDefinition
{
    public static ObjectType Type { get; } = new(
        new("exec", Exec(), "Run a program inside the container; exit code 0 means well."),
        new("http", Http(), "GET a page from the container; an answer of 200 to 399 means well."),
        new("tcp", Tcp(), "Connect to a port of the container."),
        new("interval", Span(1, 3600), "Time between probes; absent means 10 s."),
        new("timeout", Span(1, 600), "Limit on one probe; absent means 3 s."),
        new("retries", new IntegerType("a whole number", 1, 100), "Failures in a row that make the module unhealthy; absent means 3."),
        new("startPeriod", Span(0, 3600), "Failures do not count during this time after the start; absent means 0 s."),
        new("stableFor", Span(0, 3600), "How long the module must stay Ready before a revision counts as good; absent means the agent's setting."))
    {
        Rules = [new Rule.AtMostOne("exec", "http", "tcp")],
    };

    private static ObjectType Exec() => new(
        new Field("command", new ListType(TextType.Any, allowEmpty: false), "The program and its arguments, run without a shell.") { Required = true });

    private static ObjectType Http() => new(
        new("port", IntegerType.Port, "The port inside the container.") { Required = true },
        new("path", Names.HttpPath, "The path to GET.") { Default = "/" });

    private static ObjectType Tcp() => new(
        new Field("port", IntegerType.Port, "The port inside the container.") { Required = true });

    private static DurationType Span(int minimum, int maximum) => new(TimeSpan.FromSeconds(minimum), TimeSpan.FromSeconds(maximum));
}
