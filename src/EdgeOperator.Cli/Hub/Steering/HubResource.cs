using System.CommandLine;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Cli.Hub.Steering;

/// <summary>A resource of a hub's device on the command line: <c>Kind/name</c>, or a kind and a name.</summary>
internal sealed class HubResource(string description, bool isRequired = true)
{
    private readonly Argument<string?> _kind = new Argument<string?>("KIND/NAME") { Arity = isRequired ? ArgumentArity.ExactlyOne : ArgumentArity.ZeroOrOne, Description = description }.Suggest(Suggestions.DeviceKinds);
    private readonly Argument<string?> _name = new("NAME") { Arity = ArgumentArity.ZeroOrOne, Description = "Its name, where only the kind was given" };

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
}
