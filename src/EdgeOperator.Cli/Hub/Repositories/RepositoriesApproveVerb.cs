using System.CommandLine;
using System.Text.Json.Nodes;

namespace EdgeOperator.Cli.Hub.Repositories;

internal sealed class RepositoriesApproveVerb : Verb
{
    private readonly HubRepository _repository = new();
    private readonly Option<string?> _commit = new("--commit") { Description = "The commit that is meant; absent means the one that waits", HelpName = "SHA" };

    public RepositoriesApproveVerb()
        : base("approve", "Let the commit be taken that would remove many fleets, or devices from them")
    {
        Add(_repository);
        Add(_commit);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        var repository = await hub.PostAsync($"{_repository.PathOf(call)}/approve", new JsonObject { ["commit"] = call.Get(_commit) }, cancellation);
        call.Printer.Answer(repository!, $"Repository/{(string?)repository!["name"]}: {(string?)repository["pending"]} is approved.");
        return ExitCode.Done;
    }
}
