using System.CommandLine;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Cli.Output;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Cli.Verbs;

internal sealed class SchemaVerb : Verb
{
    private readonly Argument<string?> _kind = new Argument<string?>("KIND") { Arity = ArgumentArity.ZeroOrOne, Description = "Only this kind" }
        .Suggest(_ => ResourceName.ManifestKinds);

    public SchemaVerb()
        : base("schema", "The manifests' JSON Schema (draft 2020-12), for editors") => Add(_kind);

    public override Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var schema = call.Get(_kind) is { } kind ? JsonSchema.For(RegisteredKinds.All.Manifests, ResourceName.ManifestKind(kind)) : JsonSchema.All(RegisteredKinds.All.Manifests);
        if (call.Printer.Format == Format.Yaml)
            call.Printer.Print((JsonNode?)schema);
        else
            call.Printer.Out.Write(JsonText.Render(schema, indented: true));

        return Task.FromResult(ExitCode.Done);
    }
}
