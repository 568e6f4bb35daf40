using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.Json;
using EdgeOperator.Agent.Tests.LocalApi;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Core.State;

namespace EdgeOperator.Cli.Tests;

/// <summary>A device whose every text is the same given one: names, messages, logs.</summary>
internal static class HostileDevice
{
    public static void Say(CannedAgent agent, string text)
    {
        var condition = new Condition(Condition.Ready, ConditionStatus.False, text, text, CannedAgent.Noon.AddDays(-1), text);
        agent.Status = new()
        {
            Device = text,
            AgentVersion = text,
            StartedAt = CannedAgent.Noon,
            Sources = [new(text, text, text, text, CannedAgent.Noon, CannedAgent.Noon, condition)],
            Desired = new(text, text),
            Applied = new(text, text),
            LastGood = new("other", text),
            HeldAt = text,
            Conditions = [condition, condition with { Type = Condition.Stalled, Status = ConditionStatus.True }],
            Resources =
            [
                new() { Kind = KindNames.EdgeModule, Name = text, State = text, Summary = text, Conditions = [condition], Progress = new(1, 3) },
                new() { Kind = KindNames.EdgeModule, Name = "web", State = text, Summary = text, Conditions = [condition], Details = new Dictionary<string, string> { [text] = text }.ToImmutableSortedDictionary() },
                new() { Kind = KindNames.FunctionApp, Name = "app", State = text, Summary = text },
            ],
        };
        agent.Log.Clear();
        agent.Log.Add(new(1, CannedAgent.Noon, EventLevel.Warning, text, $"{KindNames.EdgeModule}/web", text, text, text, 3));
        agent.Runs = [new(2, text, text, CannedAgent.Noon, null, RevisionOutcome.RolledBack, text)];
        agent.LogText = text + "\n";
        agent.Host = (_, request) => Task.FromResult(Answer(request, text));
    }

    private static HttpResponseMessage Answer(HttpRequestMessage request, string text)
    {
        var path = request.RequestUri!.ToString();
        var body = path.StartsWith("/logs", StringComparison.Ordinal) ? text
            : path.StartsWith("/keys", StringComparison.Ordinal) ? JsonSerializer.Serialize([new(text, text, text)], HostJson.Default.ImmutableArrayKeyReport)
            : path.StartsWith("/deployments", StringComparison.Ordinal) ? JsonSerializer.Serialize([new(text, text, text, false, CannedAgent.Noon, null, text, text)], HostJson.Default.ImmutableArrayDeploymentReport)
            : request.Method == HttpMethod.Post ? JsonSerializer.Serialize(new CallReport(text, text, null, [text], 1), HostJson.Default.CallReport)
            : JsonSerializer.Serialize([new(text, text, false, text, text, 1, 1, CannedAgent.Noon, text)], HostJson.Default.ImmutableArrayFunctionReport);
        return new(HttpStatusCode.OK) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
    }
}
