using System.CommandLine;
using EdgeOperator.Cli.Completion;

namespace EdgeOperator.Cli.Hub.Repositories;

/// <summary>A repository of a hub on the command line.</summary>
internal sealed class HubRepository : Argument<string>
{
    public HubRepository()
        : base("REPOSITORY")
    {
        Description = "The repository's name";
        this.Suggest(HubSuggestions.Repositories);
    }

    public string PathOf(Call call) => $"repositories/{Uri.EscapeDataString(call.Get(this)!)}";
}
