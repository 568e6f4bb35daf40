using System.CommandLine;
using System.Text.Json.Nodes;

namespace EdgeOperator.Cli.Hub.Access;

internal sealed class TokensCreateVerb : Verb
{
    private readonly Argument<string> _name = new("NAME") { Description = "What it is for" };
    private readonly RoleOptions _role = new();
    private readonly Option<int> _days = new("--days") { Description = "How long it is good for", HelpName = "DAYS", DefaultValueFactory = _ => 90 };

    public TokensCreateVerb()
        : base("create", "Make a token for a program, with your role at most; prints it")
    {
        Add(_name);
        _role.AddTo(this);
        Add(_days);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        var made = await hub.PostAsync("tokens", _role.Into(call, new JsonObject { ["name"] = call.Get(_name), ["days"] = call.Get(_days) }), cancellation);
        call.Printer.Answer(made!, $"The token {(string?)made!["token"]} is not shown again.");
        return ExitCode.Done;
    }
}
