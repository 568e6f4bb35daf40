using System.Text.Json.Nodes;

namespace EdgeOperator.Cli.Hub.Access;

internal sealed class UsersDeleteVerb : Verb
{
    private readonly HubUser _user = new();

    public UsersDeleteVerb()
        : base("delete", "Remove a user; the user's tokens are worthless then") => Add(_user);

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        await hub.AskAsync(HttpMethod.Delete, _user.PathOf(call), null, cancellation);
        call.Printer.Answer(new JsonObject { ["deleted"] = call.Get(_user) }, $"{call.Get(_user)} is gone.");
        return ExitCode.Done;
    }
}
