using System.Collections.Immutable;
using System.CommandLine;
using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Cli.Views;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Verbs;

internal sealed class GetVerb : Verb
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Argument<string?> _kind = new("KIND") { Arity = ArgumentArity.ZeroOrOne, Description = "Only this kind; or Kind/name" };
    private readonly Argument<string?> _name = new("NAME") { Arity = ArgumentArity.ZeroOrOne, Description = "Only this one" };

    private readonly Option<string?> _selector = new("--selector", "-l") { Description = "Only those with such labels: key=value, key!=value, key, !key, key in (a,b)", HelpName = "LABELS" };
    private readonly Option<bool> _watch = new("--watch", "-w") { Description = "Go on with each as it changes or goes, until interrupted" };

    public GetVerb()
        : base("get", "Resources with their observed state")
    {
        Add(_kind.Suggest(Suggestions.DeviceKinds));
        Add(_name.Suggest(Suggestions.NamesOf(_kind)));
        Add(_selector);
        Add(_watch);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var agent = call.Agent();
        var selector = LabelSelector.Parse(call.Get(_selector));
        if (call.Get(_watch))
        {
            await WatchAsync(call, agent, selector, cancellation);
            return ExitCode.Done;
        }

        if (One(call.Get(_kind), call.Get(_name)) is { } id)
        {
            var resource = await agent.GetResourceAsync(id, cancellation);
            if (call.Printer.IsDocument)
                call.Printer.Print(Documents.Of(resource));
            else
                call.Printer.Print(ResourceTable.Of([resource], call.Printer));

            return ExitCode.Done;
        }

        var kind = call.Get(_kind) is { } text ? ResourceName.Kind(text) : null;
        Print(call, [.. (await agent.GetResourcesAsync(kind, cancellation)).Where(selector.Matches)]);
        return ExitCode.Done;
    }

    private async Task WatchAsync(Call call, AgentApiClient agent, LabelSelector selector, CancellationToken cancellation)
    {
        var one = One(call.Get(_kind), call.Get(_name));
        var kind = one?.Kind ?? (call.Get(_kind) is { } text ? ResourceName.Kind(text) : null);
        var known = new Dictionary<ResourceId, string>();
        try
        {
            using var timer = new PeriodicTimer(Interval, call.Terminal.Time);
            do
            {
                var all = (await agent.GetResourcesAsync(kind, cancellation)).Where(resource => one is null || resource.Name == one.Value.Name).ToList();
                var resources = all.Where(selector.Matches).ToList();

                // All of them first in the usual order; then what several passes have changed since the last poll, in the order of the changes.
                foreach (var resource in known.Count == 0 ? resources : [.. resources.OrderBy(LastChange)])
                {
                    var ready = ConditionCells.Ready(resource.Conditions);
                    Print(resource, $"{ready?.Status.ToString() ?? "-"}  {resource.State}  {ready?.Message}");
                }

                foreach (var removed in known.Keys.Except(resources.Select(Id)).ToList())
                {
                    var why = all.Exists(resource => Id(resource) == removed) ? "its labels do not match any more" : "the device does not have it any more";
                    Print(new() { Kind = removed.Kind, Name = removed.Name, State = "removed", Summary = why }, $"-  removed  {why}");
                    known.Remove(removed);
                }
            }
            while (await timer.WaitForNextTickAsync(cancellation));
        }
        catch (OperationCanceledException)
        {
        }

        void Print(ResourceStatus resource, string line)
        {
            if (known.GetValueOrDefault(Id(resource)) == line)
                return;
            known[Id(resource)] = line;
            if (call.Printer.IsDocument)
                call.Printer.PrintNext(Documents.Of(resource));
            else
                call.Printer.PrintLine($"{Id(resource)}  {line}");
        }
    }

    private static ResourceId Id(ResourceStatus resource) => new(resource.Kind, resource.Name);

    private static DateTimeOffset LastChange(ResourceStatus resource) => resource.Conditions.Select(condition => condition.LastTransitionTime).DefaultIfEmpty().Max();

    private static ResourceId? One(string? kind, string? name) =>
        kind is null ? null
        : name is not null || kind.Contains('/', StringComparison.Ordinal) ? ResourceName.Parse(kind, name)
        : null;

    private static void Print(Call call, ImmutableArray<ResourceStatus> resources)
    {
        if (call.Printer.IsDocument)
            call.Printer.Print(Documents.Of(resources));
        else if (resources.IsEmpty)
            call.Terminal.Error.WriteLine("No resources.");
        else
            call.Printer.Print(ResourceTable.Of(resources, call.Printer));
    }
}
