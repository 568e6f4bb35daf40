using System.Text.Json.Nodes;
using EdgeOperator.Core.Twins.Configurations;
using EdgeOperator.Core.Twins.Query;
using EdgeOperator.Hub.Twins;

namespace EdgeOperator.Hub.Configurations;

/// <summary>How many twins a configuration is for, has been applied to, and what their devices report: counted when somebody asks.</summary>
internal sealed class ConfigurationMetrics(TwinQueries queries)
{
    /// <summary>The queries behind the system metrics, as IoT Hub shows them.</summary>
    public static IReadOnlyDictionary<string, string> SystemQueries(StoredConfiguration stored)
    {
        var (configuration, condition) = (stored.Configuration, ((string?)stored.Body["targetCondition"] ?? "").Trim());
        var applied = $"configurations.[[{configuration.Id}]].status = 'Applied'";
        return configuration.Kind switch
        {
            ConfigurationKind.Devices => new Dictionary<string, string>
            {
                ["targetedCount"] = Targeted("deviceId", "from devices", "", condition),
                ["appliedCount"] = $"select deviceId from devices where {applied}",
            },
            ConfigurationKind.Modules => new Dictionary<string, string>
            {
                ["targetedCount"] = Targeted("deviceId, moduleId", "from devices.modules", "", condition),
                ["appliedCount"] = $"select deviceId, moduleId from devices.modules where {applied}",
            },
            _ => new Dictionary<string, string>
            {
                ["targetedCount"] = Targeted("deviceId", "from devices", "capabilities.iotEdge = true", condition),
                ["appliedCount"] = OfAgent(applied),
                ["reportedSuccessfulCount"] = OfAgent($"{applied} and properties.desired.$version = properties.reported.lastDesiredVersion and properties.reported.lastDesiredStatus.code = 200"),
                ["reportedFailedCount"] = OfAgent($"{applied} and properties.desired.$version = properties.reported.lastDesiredVersion and properties.reported.lastDesiredStatus.code != 200"),
            },
        };
    }

    /// <summary>Fills in the results of both kinds of metrics, with one look at all twins.</summary>
    public async Task AddAsync(IReadOnlyCollection<(JsonObject Document, StoredConfiguration Configuration)> documents, CancellationToken cancellation)
    {
        var asked = documents.SelectMany(d => (IEnumerable<(JsonObject Metrics, string Name, string Query)>)
        [
            .. SystemQueries(d.Configuration).Select(q => (d.Document["systemMetrics"]!.AsObject(), q.Key, q.Value)),
            .. CustomQueries(d.Configuration.Body).Select(q => (d.Document["metrics"]!.AsObject(), q.Key, q.Value)),
        ]).ToArray();
        var counts = await queries.CountAsync([.. asked.Select(a => TwinQuery.Parse(a.Query))], cancellation);
        for (var i = 0; i < asked.Length; i++)
        {
            asked[i].Metrics["queries"]![asked[i].Name] = asked[i].Query;
            asked[i].Metrics["results"]![asked[i].Name] = counts[i];
        }
    }

    public static IEnumerable<KeyValuePair<string, string>> CustomQueries(JsonObject body) =>
        body["metrics"]?["queries"] is JsonObject queries ? queries.Select(q => KeyValuePair.Create(q.Key, (string)q.Value!)) : [];

    private static string OfAgent(string condition) => $"select deviceId from devices.modules where moduleId = '{Configuration.EdgeAgent}' and {condition}";

    // A condition that begins with FROM may give its source a name, which what follows WHERE uses.
    private static string Targeted(string columns, string source, string also, string condition)
    {
        var own = condition;
        if (condition.StartsWith("FROM", StringComparison.OrdinalIgnoreCase))
        {
            var where = condition.IndexOf("WHERE", StringComparison.OrdinalIgnoreCase);
            source = where < 0 ? condition : condition[..where].TrimEnd();
            own = where < 0 ? "*" : condition[(where + "WHERE".Length)..].Trim();
        }

        string[] conditions = [also, own switch { "" => "false", "*" => "", _ => $"({own})" }];
        var all = string.Join(" and ", conditions.Where(c => c.Length > 0));
        return $"select {columns} {source}{(all.Length == 0 ? "" : $" where {all}")}";
    }
}
