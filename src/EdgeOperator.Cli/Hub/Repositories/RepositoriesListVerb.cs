using System.Text.Json.Nodes;

namespace EdgeOperator.Cli.Hub.Repositories;

internal sealed class RepositoriesListVerb() : Verb("list", "The Git repositories that the hub follows, and whether they are in order")
{
    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        var repositories = (await hub.GetAsync("repositories", cancellation))!["items"]!.AsArray().Select(item => item!.AsObject()).ToList();
        if (call.Printer.IsDocument)
            call.Printer.Print((JsonNode)new JsonArray([.. repositories.Select(repository => repository.DeepClone())]));
        else if (repositories.Count == 0)
            call.Terminal.Error.WriteLine("No repositories.");
        else
            call.Printer.Print(RepositoryTable.List(repositories, call.Printer));
        return ExitCode.Done;
    }
}
