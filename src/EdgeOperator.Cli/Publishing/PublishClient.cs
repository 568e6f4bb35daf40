using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Platform.Publishing;
using EdgeOperator.Platform.Streams;

namespace EdgeOperator.Cli.Publishing;

/// <summary>Publishes a package as Kudu's clients do: <c>zipdeploy</c>, then the deployment is asked how it goes.</summary>
internal sealed class PublishClient(HttpClient http, TimeProvider time)
{
    private const int LargestAnswer = 1024 * 1024;

    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    /// <summary>For an answer that needs no work.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Uploads a package.</summary>
    /// <returns>The id of its deployment.</returns>
    /// <exception cref="UserError">It is refused.</exception>
    /// <exception cref="HttpRequestException">The endpoint does not answer.</exception>
    public async Task<string> UploadAsync(Stream zip, string? message, CancellationToken cancellation)
    {
        using var content = new StreamContent(zip);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/zip");
        var said = message is null ? "" : $"&message={Uri.EscapeDataString(message)}";
        using var answer = await http.PostAsync(new Uri($"api/zipdeploy?isAsync=true&deployer=edgeop{said}", UriKind.Relative), content, cancellation);
        if (!answer.IsSuccessStatusCode)
            throw await RefusedAsync(answer, cancellation);
        return answer.Headers.TryGetValues("SCM-DEPLOYMENT-ID", out var ids) ? ids.First() : "latest";
    }

    /// <summary>Waits until a deployment has ended.</summary>
    /// <returns>The deployment as it was answered.</returns>
    /// <exception cref="UserError">It has failed, or did not end in time.</exception>
    public async Task<JsonObject> WaitAsync(string deployment, TimeSpan limit, CancellationToken cancellation)
    {
        for (var since = time.GetTimestamp(); ; await Task.Delay(PollInterval, time, cancellation))
        {
            var answer = await ShowAsync(deployment, cancellation);
            switch ((DeploymentStatus?)(int?)answer["status"])
            {
                case DeploymentStatus.Success:
                    return answer;
                case DeploymentStatus.Failed:
                    throw new UserError(ExitCode.Failed, $"the deployment has failed, and what served before serves on: {(string?)answer["status_text"]}");
                default:
                    if (time.GetElapsedTime(since) > limit)
                        throw new UserError(ExitCode.TimedOut, $"the package was published, and the device has not put it into service within {limit.TotalSeconds:0} s: see `edgeop describe` there");
                    break;
            }
        }
    }

    private async Task<JsonObject> ShowAsync(string deployment, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(AnswerTimeout);
        try
        {
            using var answer = await http.GetAsync(new Uri($"api/deployments/{deployment}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (!answer.IsSuccessStatusCode)
                throw await RefusedAsync(answer, limit.Token);
            var body = await BoundedStream.ReadAllAsync(await answer.Content.ReadAsStreamAsync(limit.Token), LargestAnswer, "the answer", limit.Token);
            return JsonNode.Parse(body) as JsonObject ?? throw new JsonException();
        }
        catch (JsonException)
        {
            throw new UserError(ExitCode.Failed, $"{http.BaseAddress} does not answer as a publishing endpoint does: check the address");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new UserError(ExitCode.Failed, $"{http.BaseAddress} has not answered within {AnswerTimeout.TotalSeconds:0} s");
        }
    }

    private async Task<UserError> RefusedAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        var body = await BoundedStream.ReadStartAsync(await answer.Content.ReadAsStreamAsync(cancellation), 16 * 1024, cancellation);
        return new(ExitCode.Failed, answer.StatusCode == HttpStatusCode.Unauthorized
            ? $"{http.BaseAddress} refuses the publish credentials: `edgeop function publish-settings` on the device makes new ones"
            : $"{http.BaseAddress} answers {(int)answer.StatusCode}: {Message(body)}");
    }

    private static string Message(byte[] body)
    {
        try
        {
            if (JsonNode.Parse(body) is JsonObject answer && answer["Message"] is JsonValue message)
                return message.ToString();
        }
        catch (JsonException)
        {
            // Not from an endpoint; its text is all there is.
        }

        return Encoding.UTF8.GetString(body).Trim();
    }
}
