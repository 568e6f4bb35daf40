using System.CommandLine;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Cli;

/// <summary>A resource on the command line: <c>Kind/name</c>, or a kind and a name.</summary>
internal sealed class ResourceArguments
{
    private readonly Argument<string?> _kind;
    private readonly Argument<string?> _name = new Argument<string?>("NAME") { Arity = ArgumentArity.ZeroOrOne, Description = "Its name, where only the kind was given" };

    public ResourceArguments(string description, bool isRequired = true)
    {
        _kind = new Argument<string?>("KIND/NAME") { Arity = isRequired ? ArgumentArity.ExactlyOne : ArgumentArity.ZeroOrOne, Description = description }
            .Suggest(Suggestions.Resources);
        _name.Suggest(Suggestions.NamesOf(_kind));
    }

    public void AddTo(Command verb)
    {
        verb.Add(_kind);
        verb.Add(_name);
    }

    /// <summary>Null when none was given, where none needs to be.</summary>
    /// <exception cref="UserError">It is no resource.</exception>
    public ResourceId? Optional(Call call) => call.Get(_kind) is { } kind ? ResourceName.Parse(kind, call.Get(_name)) : null;

    /// <inheritdoc cref="Optional"/>
    public ResourceId Required(Call call) => ResourceName.Parse(call.Get(_kind)!, call.Get(_name));

    /// <summary>The first word as it was given.</summary>
    public string? Kind(Call call) => call.Get(_kind);

    /// <summary>The second word as it was given.</summary>
    public string? Name(Call call) => call.Get(_name);
}
