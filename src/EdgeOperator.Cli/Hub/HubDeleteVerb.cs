using System.Text.Json.Nodes;

namespace EdgeOperator.Cli.Hub;

/// <summary>Deletes one object.</summary>
internal sealed class HubDeleteVerb : Verb
{
    private readonly HubObject _named;
    private readonly string _stays;

    /// <param name="stays">What is left of it.</param>
    public HubDeleteVerb(string description, HubObject named, string stays)
        : base("delete", description)
    {
        (_named, _stays) = (named, stays);
        Add(named);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        await hub.AskAsync(HttpMethod.Delete, _named.PathOf(call), null, cancellation);
        call.Printer.Answer(new JsonObject { ["deleted"] = call.Get(_named) }, $"{_named.Kind}/{call.Get(_named)} is gone; {_stays}.");
        return ExitCode.Done;
    }
}
