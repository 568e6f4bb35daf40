using System.CommandLine;
using System.Text.Json.Nodes;

namespace EdgeOperator.Cli.Verbs.Updates;

internal sealed class UpdateNowVerb : Verb
{
    private readonly Argument<string?> _name = new("NAME") { Description = "The SystemUpdate; absent means every one", Arity = ArgumentArity.ZeroOrOne };
    private readonly ReasonOption _reason = new();

    public UpdateNowVerb()
        : base("now", "Look for updates and apply them at once, whatever their windows say; leaves an event")
    {
        Add(_name);
        Add(_reason);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var agent = call.Agent();
        var updates = await agent.UpdateNowAsync(call.Get(_name), cancellation, call.Get(_reason));
        call.Printer.Answer(
            new JsonObject { ["updates"] = new JsonArray([.. updates.Select(name => (JsonNode)name)]) },
            $"Updating {string.Join(", ", updates)}; see edgeop update status.");
        return ExitCode.Done;
    }
}
