using System.CommandLine.Completions;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli.Hub;

/// <summary>What a shell offers of a hub: nothing where it does not answer soon, for completion must neither wait nor complain.</summary>
internal static class HubSuggestions
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    public static IEnumerable<string> Devices(CompletionContext context) =>
        Ask(async (hub, c) => Names((await hub.GetAsync("devices?limit=1000", c))?["items"]));

    public static IEnumerable<string> Fleets(CompletionContext context) => Named("fleets");

    public static IEnumerable<string> Repositories(CompletionContext context) => Named("repositories");

    /// <summary>The devices that wait to be let in.</summary>
    public static IEnumerable<string> Requests(CompletionContext context) =>
        Ask(async (hub, c) => Names(await hub.GetAsync("enrollments?state=Pending&limit=1000", c)));

    private static IEnumerable<string> Named(string collection) =>
        Ask(async (hub, c) => ((await hub.GetAsync($"{collection}?limit=1000", c))?["items"] as JsonArray ?? []).Select(item => (string?)item?["name"]).OfType<string>());

    private static IEnumerable<string> Names(JsonNode? items) => (items as JsonArray ?? []).Select(item => (string?)item?["deviceId"]).OfType<string>();

    private static IEnumerable<string> Ask(Func<HubClient, CancellationToken, Task<IEnumerable<string>>> question)
    {
        try
        {
            var terminal = Terminal.Standard();
            if (HubLogin.TryLoad(terminal) is not { } login || login.Expires < terminal.Time.GetUtcNow())
                return [];
            using var hub = new HubClient(login.Url, login.Token, login.CaFile) { AnswerTimeout = Timeout };
            return [.. question(hub, CancellationToken.None).GetAwaiter().GetResult()];
        }
        catch (Exception e) when (e is UserError or HubRefusedException or InvalidOperationException or IOException)
        {
            return [];
        }
    }
}
