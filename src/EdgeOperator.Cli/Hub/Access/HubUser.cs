using System.CommandLine;

namespace EdgeOperator.Cli.Hub.Access;

/// <summary>A local user of a hub on the command line.</summary>
internal sealed class HubUser : Argument<string>
{
    public HubUser()
        : base("USER") => Description = "The user's name";

    public string PathOf(Call call) => $"users/{Uri.EscapeDataString(call.Get(this)!)}";
}
