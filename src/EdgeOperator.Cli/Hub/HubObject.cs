using System.CommandLine;
using System.CommandLine.Completions;
using EdgeOperator.Cli.Completion;

namespace EdgeOperator.Cli.Hub;

/// <summary>An object of a hub on the command line, by its name.</summary>
internal class HubObject : Argument<string>
{
    private readonly string _path;

    /// <param name="path">Of all objects of the kind.</param>
    public HubObject(string kind, string path, Func<CompletionContext, IEnumerable<string>> names)
        : base(kind.ToUpperInvariant())
    {
        (Kind, _path) = (kind, path);
        Description = $"The {kind.ToLowerInvariant()}'s name";
        this.Suggest(names);
    }

    public string Kind { get; }

    public string PathOf(Call call) => $"{_path}/{Uri.EscapeDataString(call.Get(this)!)}";
}
