using System.Text.Json.Nodes;
using EdgeOperator.Core.Twins;
using EdgeOperator.Core.Twins.Configurations;
using EdgeOperator.Core.Twins.Query;
using EdgeOperator.Hub.Configurations;
using EdgeOperator.Hub.Registry;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Service;

namespace EdgeOperator.Hub.Rest;

/// <summary>Configurations: automatic device management and deployments at scale, as <c>az iot hub configuration</c> and <c>az iot edge deployment</c> use them.</summary>
internal sealed class ConfigurationRoutes(ConfigurationCatalog catalog, ConfigurationMetrics metrics, ConfigurationController controller, TimeProvider time)
{
    private const int LongestId = 128;
    private const int MostCustomMetrics = 20;
    private const string ForbiddenInId = "&^[]{}\\|\"<>/ ";

    public IEnumerable<ServiceRoute> Routes =>
    [
        new("GET", "configurations", ListAsync),
        new("POST", "configurations/testQueries", TestAsync) { IsRead = true },
        new("GET", "configurations/{}", ReadAsync),
        new("PUT", "configurations/{}", WriteAsync),
        new("DELETE", "configurations/{}", RemoveAsync),
    ];

    private async Task ListAsync(ServiceRequest request)
    {
        request.Need(Rights.RegistryRead);
        var top = int.TryParse(request.Http.Request.Query["top"], out var given) ? Math.Clamp(given, 1, ConfigurationCatalog.Most) : ConfigurationCatalog.Most;
        await AnswerAsync(request, (await catalog.AllAsync(request.Aborted)).Take(top), documents => new JsonArray([.. documents]));
    }

    private async Task ReadAsync(ServiceRequest request)
    {
        request.Need(Rights.RegistryRead);
        await AnswerAsync(request, await FindAsync(request));
    }

    private async Task WriteAsync(ServiceRequest request)
    {
        request.Need(Rights.RegistryWrite);
        var id = IdOf(request);
        var body = await request.BodyAsync();
        var before = await catalog.FindAsync(id, request.Aborted);
        if (before is null && request.HasMatch)
            throw NotFound(id);
        if (before is not null && !request.HasMatch)
            throw new ServiceException(ServiceError.ConfigurationAlreadyExists, $"there is a configuration {id} already: name its ETag, or any, in If-Match to change it");
        var written = Written(id, body, before);
        if (before is null && (await catalog.AllAsync(request.Aborted)).Count >= ConfigurationCatalog.Most)
            throw new ServiceException(ServiceError.ConfigurationCountLimitExceeded, $"there are {ConfigurationCatalog.Most} configurations already");
        if (!await catalog.WriteAsync(written, before is null ? null : request.Match ?? "*", request.Aborted))
            throw PreconditionFailed(id);
        controller.Wake();
        await AnswerAsync(request, written, before is null ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private async Task RemoveAsync(ServiceRequest request)
    {
        request.Need(Rights.RegistryWrite);
        var found = await FindAsync(request);
        if (!await catalog.RemoveAsync(found.Configuration.Id, request.Match, request.Aborted))
            throw PreconditionFailed(found.Configuration.Id);
        controller.Wake();
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>Says what is wrong with a condition and with queries, before somebody makes a configuration of them.</summary>
    private async Task TestAsync(ServiceRequest request)
    {
        request.Need(Rights.RegistryRead);
        var body = await request.BodyAsync();
        var errors = new JsonObject();
        foreach (var (name, query) in body["customMetricQueries"] as JsonObject ?? [])
            if (Problem(query) is { } problem)
                errors[name] = problem;
        await request.WriteAsync(new JsonObject
        {
            ["targetConditionError"] = ProblemOfCondition(RegistryDocument.Text(body, "targetCondition") ?? ""),
            ["customMetricQueryErrors"] = errors,
        });
    }

    private StoredConfiguration Written(string id, JsonObject body, StoredConfiguration? before)
    {
        if (RegistryDocument.Text(body, "id") is { } inBody && inBody != id)
            throw Invalid($"the body's id '{inBody}' is not the one in the path");
        var now = TwinMetadata.Time(time.GetUtcNow());
        var stored = new JsonObject
        {
            ["id"] = id,
            ["schemaVersion"] = RegistryDocument.Text(body, "schemaVersion") ?? "1.0",
            ["labels"] = body["labels"]?.DeepClone(),
            ["content"] = ContentOf(body, before),
            ["targetCondition"] = RegistryDocument.Text(body, "targetCondition") ?? "",
            ["createdTimeUtc"] = before?.Body["createdTimeUtc"]?.DeepClone() ?? now,
            ["lastUpdatedTimeUtc"] = now,
            ["priority"] = body["priority"]?.DeepClone() ?? 0,
            ["metrics"] = new JsonObject { ["queries"] = QueriesOf(body) },
        };
        try
        {
            var written = new StoredConfiguration(stored, RegistryDocument.NewETag(), Configuration.Read(id, stored, before?.Configuration.Created ?? time.GetUtcNow()));

            // With what the hub adds to it for counting, a long condition can become too long.
            return ConfigurationMetrics.SystemQueries(written).Values.Select(q => Problem(q)).FirstOrDefault(p => p is not null) is { } problem
                ? throw new ConfigurationException(problem) { IsCondition = true }
                : written;
        }
        catch (ConfigurationException e)
        {
            throw new ServiceException(
                e.IsCondition ? ServiceError.InvalidConfigurationTargetCondition : e.Problem is { IsSize: true } ? ServiceError.DeviceModelMaxPropertiesExceeded : ServiceError.ArgumentInvalid, e.Message);
        }
    }

    private static JsonObject ContentOf(JsonObject body, StoredConfiguration? before)
    {
        if (body["content"] is not (null or JsonObject))
            throw Invalid("'content' is not an object");

        // Clients send members that they leave open as null or empty.
        var content = new JsonObject();
        foreach (var (name, value) in body["content"] as JsonObject ?? [])
            if (value is not (null or JsonObject { Count: 0 }))
                content[name] = value.DeepClone();
        if (before is not null && content.Count > 0 && !JsonNode.DeepEquals(content, before.Body["content"]))
            throw Invalid("the content of a configuration can't be changed: make a new one of a higher priority");
        return before?.Body["content"]!.DeepClone().AsObject() ?? content;
    }

    private static JsonObject QueriesOf(JsonObject body)
    {
        var queries = (body["metrics"] as JsonObject)?["queries"] as JsonObject ?? [];
        if (queries.Count > MostCustomMetrics)
            throw Invalid($"there are {queries.Count} custom metrics, and at most {MostCustomMetrics} are allowed");
        foreach (var (name, query) in queries)
            if (Problem(query) is { } problem)
                throw Invalid($"the query of metric {name}: {problem}");
        return queries.DeepClone().AsObject();
    }

    private static string? ProblemOfCondition(string condition)
    {
        var isOfModules = condition.TrimStart().StartsWith("FROM devices.modules", StringComparison.OrdinalIgnoreCase);
        try
        {
            TargetCondition.Parse(condition, isOfModules ? ConfigurationKind.Modules : ConfigurationKind.Devices);
            return null;
        }
        catch (ConfigurationException e)
        {
            return e.Message;
        }
    }

    private static string? Problem(JsonNode? query)
    {
        if (query is not JsonValue value || !value.TryGetValue<string>(out var text))
            return "it is not a string";
        try
        {
            return TwinQuery.Parse(text).Source == QuerySource.Jobs ? "jobs can't be counted" : null;
        }
        catch (QueryException e)
        {
            return e.Message;
        }
    }

    private static string IdOf(ServiceRequest request) =>
        request.Path[1] is { Length: > 0 and <= LongestId } id && !id.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || ForbiddenInId.Contains(c))
            ? id
            : throw Invalid($"the id is not 1 to {LongestId} characters without spaces and & ^ [ ] {{ }} \\ | \" < > /");

    private async Task<StoredConfiguration> FindAsync(ServiceRequest request) =>
        await catalog.FindAsync(request.Path[1], request.Aborted) ?? throw NotFound(request.Path[1]);

    private Task AnswerAsync(ServiceRequest request, StoredConfiguration configuration, int status = StatusCodes.Status200OK)
    {
        request.Http.Response.Headers.ETag = $"\"{configuration.ETag}\"";
        return AnswerAsync(request, [configuration], documents => documents.Single(), status);
    }

    private async Task AnswerAsync(ServiceRequest request, IEnumerable<StoredConfiguration> configurations, Func<IEnumerable<JsonObject>, JsonNode> answer, int status = StatusCodes.Status200OK)
    {
        var documents = configurations.Select(c => (Document: Document(c), c)).ToArray();
        await metrics.AddAsync(documents, request.Aborted);
        await request.WriteAsync(answer(documents.Select(d => d.Document)), status);
    }

    private static JsonObject Document(StoredConfiguration configuration)
    {
        var document = configuration.Body.DeepClone().AsObject();
        document["systemMetrics"] = new JsonObject { ["results"] = new JsonObject(), ["queries"] = new JsonObject() };
        document["metrics"] = new JsonObject { ["results"] = new JsonObject(), ["queries"] = new JsonObject() };
        document["etag"] = configuration.ETag;
        return document;
    }

    private static ServiceException NotFound(string id) => new(ServiceError.ConfigurationNotFound, $"there is no configuration {id}");

    private static ServiceException PreconditionFailed(string id) =>
        new(ServiceError.PreconditionFailed, $"the configuration {id} has been changed since it was read: its ETag is another one");

    private static ServiceException Invalid(string message) => new(ServiceError.ArgumentInvalid, message);
}
