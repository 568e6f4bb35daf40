using System.Collections.Immutable;
using System.CommandLine;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Cli.Views;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Verbs;

internal sealed class GetVerb : Verb
{
    private readonly Argument<string?> _kind = new("KIND") { Arity = ArgumentArity.ZeroOrOne, Description = "Only this kind; or Kind/name" };
    private readonly Argument<string?> _name = new("NAME") { Arity = ArgumentArity.ZeroOrOne, Description = "Only this one" };

    public GetVerb()
        : base("get", "Resources with their observed state")
    {
        Add(_kind.Suggest(Suggestions.DeviceKinds));
        Add(_name.Suggest(Suggestions.NamesOf(_kind)));
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var agent = call.Agent();
        if (One(call.Get(_kind), call.Get(_name)) is { } id)
        {
            var resource = await agent.GetResourceAsync(id, cancellation);
            if (call.Printer.IsDocument)
                call.Printer.Print(Documents.Of(resource));
            else
                call.Printer.Print(ResourceTable.Of([resource], call.Printer));

            return ExitCode.Done;
        }

        var kind = call.Get(_kind) is { } text ? ResourceName.Kind(text) : null;
        Print(call, await agent.GetResourcesAsync(kind, cancellation));
        return ExitCode.Done;
    }

    private static ResourceId? One(string? kind, string? name) =>
        kind is null ? null
        : name is not null || kind.Contains('/', StringComparison.Ordinal) ? ResourceName.Parse(kind, name)
        : null;

    private static void Print(Call call, ImmutableArray<ResourceStatus> resources)
    {
        if (call.Printer.IsDocument)
            call.Printer.Print(Documents.Of(resources));
        else if (resources.IsEmpty)
            call.Terminal.Error.WriteLine("No resources.");
        else
            call.Printer.Print(ResourceTable.Of(resources, call.Printer));
    }
}
