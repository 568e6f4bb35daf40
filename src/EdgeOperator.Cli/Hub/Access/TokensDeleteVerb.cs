using System.CommandLine;
using System.Text.Json.Nodes;

namespace EdgeOperator.Cli.Hub.Access;

internal sealed class TokensDeleteVerb : Verb
{
    private readonly Argument<string> _id = new("ID") { Description = "As `edgeop hub tokens list` shows it" };

    public TokensDeleteVerb()
        : base("delete", "Make a token worthless") => Add(_id);

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        await hub.AskAsync(HttpMethod.Delete, $"tokens/{Uri.EscapeDataString(call.Get(_id)!)}", null, cancellation);
        call.Printer.Answer(new JsonObject { ["deleted"] = call.Get(_id) }, "The token is worthless now.");
        return ExitCode.Done;
    }
}
