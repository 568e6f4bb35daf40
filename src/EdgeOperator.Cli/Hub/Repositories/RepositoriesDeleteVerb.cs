using System.Text.Json.Nodes;

namespace EdgeOperator.Cli.Hub.Repositories;

internal sealed class RepositoriesDeleteVerb : Verb
{
    private readonly HubRepository _repository = new();

    public RepositoriesDeleteVerb()
        : base("delete", "Follow a repository no more; its fleets stay, and can be changed by hand") => Add(_repository);

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        await hub.AskAsync(HttpMethod.Delete, _repository.PathOf(call), null, cancellation);
        call.Printer.Answer(new JsonObject { ["deleted"] = call.Get(_repository) }, $"Repository/{call.Get(_repository)} is gone; its fleets stay, and can be changed by hand.");
        return ExitCode.Done;
    }
}
