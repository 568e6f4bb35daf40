using System.Text.Json.Serialization;

namespace EdgeOperator.Platform.Publishing;

/// <summary>A deployment as Kudu's <c>/api/deployments</c> shows it.</summary>
internal sealed record DeploymentAnswer
{
    public required string Id { get; init; }

    public required DeploymentStatus Status { get; init; }

    public required string StatusText { get; init; }

    public string? AuthorEmail { get; init; }

    public string? Author { get; init; }

    public string? Deployer { get; init; }

    public string? Message { get; init; }

    public string Progress { get; init; } = "";

    public DateTimeOffset ReceivedTime { get; init; }

    public DateTimeOffset StartTime { get; init; }

    public DateTimeOffset? EndTime { get; init; }

    public DateTimeOffset? LastSuccessEndTime { get; init; }

    public bool Complete { get; init; }

    public bool Active { get; init; }

    public bool IsTemp { get; init; }

    public bool IsReadonly { get; init; }

    public required string Url { get; init; }

    public required string LogUrl { get; init; }

    public required string SiteName { get; init; }

    [JsonPropertyName("provisioningState")]
    public required string ProvisioningState { get; init; }

    /// <summary>Not Kudu's: the SHA-256 of the package.</summary>
    public required string Version { get; init; }

    public static DeploymentAnswer Of(DeploymentState state, DeploymentHistory history, PublishedApp app, string root)
    {
        var (deployment, result, status) = (state.Deployment, state.Result, history.StatusOf(state));
        var url = $"{root}/api/deployments/{deployment.Id}";
        return new()
        {
            Id = deployment.Id,
            Status = status,
            StatusText = history.FailureOf(state) ?? "",
            Author = deployment.Origin.Author ?? "N/A",
            AuthorEmail = deployment.Origin.AuthorEmail ?? "N/A",
            Deployer = deployment.Origin.Deployer ?? "Push-Deployer",
            Message = deployment.Origin.Message ?? "Created via a push deployment",
            Progress = status == DeploymentStatus.Deploying ? "The device installs and loads the package." : "",
            ReceivedTime = deployment.ReceivedAt,
            StartTime = deployment.RequestedAt,
            EndTime = result?.EndedAt,
            LastSuccessEndTime = status == DeploymentStatus.Success ? result?.EndedAt : null,
            Complete = status != DeploymentStatus.Deploying,
            Active = history.IsActive(state),
            Url = url,
            LogUrl = $"{url}/log",
            SiteName = app.Name,
            ProvisioningState = status switch
            {
                DeploymentStatus.Success => "Succeeded",
                DeploymentStatus.Failed => "Failed",
                _ => "InProgress",
            },
            Version = deployment.Version,
        };
    }
}

/// <summary>A line of <c>/api/deployments/ID/log</c>.</summary>
internal sealed record LogAnswer(DateTimeOffset LogTime, string Id, string Message, int Type, string? DetailsUrl)
{
    private const int Information = 0;
    private const int Error = 2;

    public static IEnumerable<LogAnswer> Of(DeploymentState state, DeploymentHistory history)
    {
        var id = state.Deployment.Id;
        yield return new(state.Deployment.RequestedAt, $"{id}-1", $"Package {state.Deployment.Version} received.", Information, null);
        if (history.FailureOf(state) is { } failure)
            yield return new(state.Result?.EndedAt ?? state.Deployment.RequestedAt, $"{id}-2", failure, Error, null);
        else if (state.Result is { } result)
            yield return new(result.EndedAt, $"{id}-2", "Deployment successful.", Information, null);
    }
}

/// <summary>A function as Kudu's <c>/api/functions</c> shows it.</summary>
internal sealed record FunctionAnswer(
    string Name, string Href, [property: JsonPropertyName("isDisabled")] bool IsDisabled, string? InvokeUrlTemplate, FunctionConfig Config)
{
    public static FunctionAnswer Of(DeployedFunction function, string root) => new(
        function.Name, $"{root}/api/functions/{function.Name}", function.Disabled, function.Url, new([new(function.Trigger, "in")]));
}

internal sealed record FunctionConfig(IReadOnlyList<FunctionBindingAnswer> Bindings);

internal sealed record FunctionBindingAnswer(string Type, string Direction);

/// <summary>As ASP.NET's own errors look.</summary>
internal sealed record ErrorAnswer([property: JsonPropertyName("Message")] string Message);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DeploymentAnswer))]
[JsonSerializable(typeof(DeploymentAnswer[]))]
[JsonSerializable(typeof(LogAnswer[]))]
[JsonSerializable(typeof(FunctionAnswer))]
[JsonSerializable(typeof(FunctionAnswer[]))]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(SortedDictionary<string, string>))]
internal sealed partial class AnswerJson : JsonSerializerContext;
