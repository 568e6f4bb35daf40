using System.CommandLine;
using System.CommandLine.Completions;
using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Cli.Machines;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Cli.Completion;

/// <summary>What a shell offers for an argument: words that are known, or that a running agent is asked for.</summary>
internal static class Suggestions
{
    /// <summary>Stands for the shell's own completion of paths.</summary>
    public const string Files = ":files";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    public static Argument<T> Suggest<T>(this Argument<T> argument, Func<CompletionContext, IEnumerable<string>> words)
    {
        // With a name of its own, the help does not ask for the words.
        argument.HelpName ??= argument.Name;
        argument.CompletionSources.Add(context => IsOpen(argument, context) ? Items(words(context)) : []);
        return argument;
    }

    public static Option<T> Suggest<T>(this Option<T> option, Func<CompletionContext, IEnumerable<string>> words)
    {
        option.CompletionSources.Add(context => Items(words(context)));
        return option;
    }

    public static IEnumerable<string> Paths(CompletionContext context) => [Files];

    public static IEnumerable<string> DeviceKinds(CompletionContext context) => RegisteredKinds.All.Manifests.Names;

    /// <summary>Every <c>Kind/name</c> on the device.</summary>
    public static IEnumerable<string> Resources(CompletionContext context) =>
        Ask(context, async (agent, c) => (await agent.GetResourcesAsync(null, c)).Select(r => $"{r.Kind}/{r.Name}"));

    /// <summary>Function apps by name.</summary>
    public static IEnumerable<string> Apps(CompletionContext context) =>
        Ask(context, async (agent, c) => (await agent.GetResourcesAsync(KindNames.FunctionApp, c)).Select(r => r.Name));

    /// <summary>Virtual machines that were ever started here; the agent is not asked.</summary>
    public static IEnumerable<string> Machines(CompletionContext context) => AccessFile.Machines(context.ParseResult.GetValue<string>("--config"));

    /// <summary>Every <c>APP/FUNCTION</c> on the device.</summary>
    public static IEnumerable<string> Functions(CompletionContext context) => Ask(context, async (agent, c) =>
    {
        var names = new List<string>();
        foreach (var app in await agent.GetResourcesAsync(KindNames.FunctionApp, c))
            names.AddRange((await agent.GetFunctionsAsync(app.Name, c)).Select(f => $"{app.Name}/{f.Name}"));
        return names;
    });

    /// <summary>Names of the kind that <paramref name="kind"/> has on the line.</summary>
    public static Func<CompletionContext, IEnumerable<string>> NamesOf<T>(Argument<T> kind) => context =>
        context.ParseResult.GetResult(kind) is { Tokens: [var given] }
            ? Ask(context, async (agent, c) => (await agent.GetResourcesAsync(null, c))
                .Where(r => ResourceName.Means(given.Value, r.Kind))
                .Select(r => r.Name))
            : [];

    /// <summary>The revisions that the device can go back to.</summary>
    public static IEnumerable<string> Revisions(CompletionContext context) =>
        Ask(context, async (agent, c) => (await agent.GetHistoryAsync(100, c)).Where(r => r.Kept).Select(r => r.Revision).Distinct());

    /// <summary>An argument that has its word already takes no other.</summary>
    private static bool IsOpen(Argument argument, CompletionContext context) =>
        argument.Arity.MaximumNumberOfValues > 1 || context.ParseResult.GetResult(argument) is not { Tokens.Count: > 0 };

    private static IEnumerable<CompletionItem> Items(IEnumerable<string> words) => words.Select(w => new CompletionItem(w));

    /// <summary>An agent that does not answer at once has nothing to offer: completion must neither wait nor complain.</summary>
    private static IEnumerable<string> Ask(CompletionContext context, Func<AgentApiClient, CancellationToken, Task<IEnumerable<string>>> question)
    {
        try
        {
            var line = context.ParseResult;
            using var agent = new AgentApiClient(AgentSocket.Find(line.GetValue<string?>("--socket"), line.GetValue<string>("--config")!, isConfigGiven: false))
            {
                AnswerTimeout = Timeout,
            };
            return [.. question(agent, CancellationToken.None).GetAwaiter().GetResult()];
        }
        catch (Exception e) when (e is AgentUnreachableException or AgentRefusedException or InvalidOperationException)
        {
            return [];
        }
    }
}
