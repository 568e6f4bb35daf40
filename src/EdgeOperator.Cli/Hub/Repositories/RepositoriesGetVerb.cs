using System.Text.Json.Nodes;

namespace EdgeOperator.Cli.Hub.Repositories;

internal sealed class RepositoriesGetVerb : Verb
{
    private readonly HubRepository _repository = new();

    public RepositoriesGetVerb()
        : base("get", "One repository: its commit, its fleets, and what is wrong with it") => Add(_repository);

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        var repository = (await hub.GetAsync(_repository.PathOf(call), cancellation))!.AsObject();
        if (call.Printer.IsDocument)
            call.Printer.Print((JsonNode)repository);
        else
            call.Printer.Print(RepositoryTable.Facts(repository, call.Printer));
        return ExitCode.Done;
    }
}
