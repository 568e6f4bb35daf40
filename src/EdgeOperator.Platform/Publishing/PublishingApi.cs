using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace EdgeOperator.Platform.Publishing;

/// <summary>
/// The part of Kudu's API that tools publish function apps with. Which app a request is about, its credentials say.
/// Source: https://github.com/projectkudu/kudu/wiki/REST-API.
/// </summary>
public sealed class PublishingApi(PublishStore store, PublishingOptions options, TimeProvider time)
{
    /// <summary>Seconds after which a publisher is asked to look again.</summary>
    private const int RetryAfter = 1;

    private readonly PackageUpload _upload = new(options, time);

    /// <summary>Settings that tools look for before they publish: packages are kept as they come, and nothing in them changes.</summary>
    private static readonly (string Name, string Value)[] Fixed = [("FUNCTIONS_EXTENSION_VERSION", "~4"), ("WEBSITE_RUN_FROM_PACKAGE", "1")];

    /// <summary>Removes what was being received when the process before this one ended.</summary>
    /// <exception cref="IOException">It can't be removed.</exception>
    public void Recover()
    {
        foreach (var app in store.Apps)
        {
            app.Create();
            app.RemoveIncoming();
        }
    }

    public async Task AnswerAsync(HttpContext context)
    {
        try
        {
            if (PublisherLogin.Authenticate(context.Request, store, out var password) is not { } app)
            {
                context.Response.Headers.WWWAuthenticate = "Basic realm=\"publishing\"";
                throw new PublishingException(StatusCodes.Status401Unauthorized, "the app's publish credentials are needed: `edgeop function publish-settings APP` makes them");
            }

            await AnswerAsync(context, app, password);
        }
        catch (PublishingException e) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, e.Status, new(e.Message), AnswerJson.Default.ErrorAnswer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && e is not BadHttpRequestException && !context.Response.HasStarted)
        {
            await WriteAsync(context, StatusCodes.Status500InternalServerError, new($"the package can't be stored: {e.Message}"), AnswerJson.Default.ErrorAnswer);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be answered.
        }
    }

    private Task AnswerAsync(HttpContext context, PublishedApp app, string password)
    {
        var path = (context.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (path is ["api", ..])
            path = path[1..];
        return (context.Request.Method, path.Select(p => p.ToLowerInvariant()).ToArray()) switch
        {
            ("POST" or "PUT", ["zipdeploy"]) => PublishAsync(context, app),
            ("POST" or "PUT", ["publish"]) => PublishTypedAsync(context, app),
            ("GET", ["deployments"]) => ListAsync(context, app),
            ("GET", ["deployments", var id]) => ShowAsync(context, app, id),
            ("GET", ["deployments", var id, "log"]) => ShowLogAsync(context, app, id),
            ("PUT", ["deployments", var id]) => RepeatAsync(context, app, id),
            ("DELETE", ["deployments", var id]) => DeleteAsync(context, app, id),
            ("GET", ["settings"]) => WriteAsync(context, StatusCodes.Status200OK, Settings(app), AnswerJson.Default.SortedDictionaryStringString),
            ("GET", ["settings", _]) => ShowSettingAsync(context, app, path[^1]),
            ("POST", ["settings"]) => SetSettingsAsync(context, app),
            ("GET", ["functions"]) => WriteAsync(context, StatusCodes.Status200OK, Functions(context, app), AnswerJson.Default.FunctionAnswerArray),
            ("GET", ["functions", _]) => WriteAsync(
                context, StatusCodes.Status200OK, Functions(context, app).FirstOrDefault(f => f.Name.Equals(path[^1], StringComparison.OrdinalIgnoreCase)) ?? throw NotFound("such function"), AnswerJson.Default.FunctionAnswer),
            ("GET", ["publishsettings"]) => WriteSettingsFileAsync(context, app, password),
            _ => throw NotFound($"{context.Request.Method} {context.Request.Path}"),
        };
    }

    private Task PublishTypedAsync(HttpContext context, PublishedApp app) =>
        context.Request.Query["type"].ToString() is var type && type is "" or "zip" ? PublishAsync(context, app)
            : throw new PublishingException(StatusCodes.Status400BadRequest, $"the type {type} is not supported: publish a zip file (type=zip)");

    private async Task PublishAsync(HttpContext context, PublishedApp app)
    {
        var (request, cancellation) = (context.Request, context.RequestAborted);
        if (request.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) is true)
            throw new PublishingException(StatusCodes.Status400BadRequest, "packageUri is not supported: send the zip file itself");
        string? Said(string name) => request.Query[name].ToString() is { Length: > 0 and <= 1024 } text ? text : null;
        var deployment = await _upload.ReceiveAsync(app, request, new(Said("author"), Said("authorEmail"), Said("deployer"), Said("message")), cancellation);
        await FinishAsync(context, app, deployment);
    }

    private async Task RepeatAsync(HttpContext context, PublishedApp app, string id)
    {
        var history = app.History();
        var state = Find(history, id);
        await FinishAsync(context, app, history.IsTarget(state) && state.Result is null ? state.Deployment : app.Repeat(state.Deployment, time.GetUtcNow()));
    }

    private async Task FinishAsync(HttpContext context, PublishedApp app, Deployment deployment)
    {
        context.Response.Headers["SCM-DEPLOYMENT-ID"] = deployment.Id;
        var isAsync = IsTrue(context.Request, "isAsync") || IsTrue(context.Request, "async");
        if (isAsync || await WaitAsync(app, deployment, context.RequestAborted) is not { } state)
        {
            SetLocation(context, deployment);
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return;
        }

        var answer = DeploymentAnswer.Of(state, app.History(), app, Root(context));
        if (answer.Status == DeploymentStatus.Failed)
            throw new PublishingException(StatusCodes.Status500InternalServerError, $"the deployment {answer.Id} has failed, and what served before serves on: {answer.StatusText}");
        await WriteAsync(context, StatusCodes.Status200OK, answer, AnswerJson.Default.DeploymentAnswer);
    }

    /// <returns>The deployment once it has ended; null when that takes longer than a request may.</returns>
    private async Task<DeploymentState?> WaitAsync(PublishedApp app, Deployment deployment, CancellationToken cancellation)
    {
        for (var since = time.GetTimestamp(); time.GetElapsedTime(since) < options.WaitLimit; await Task.Delay(options.PollInterval, time, cancellation))
        {
            var history = app.History();
            if (history.Find(deployment.Id) is { } state && history.StatusOf(state) != DeploymentStatus.Deploying)
                return state;
        }

        return null;
    }

    private static void SetLocation(HttpContext context, Deployment deployment)
    {
        var query = new QueryBuilder
        {
            { "deployer", deployment.Origin.Deployer ?? "Push-Deployer" },
            { "time", deployment.RequestedAt.UtcDateTime.ToString("yyyy-MM-dd_HH-mm-ss", CultureInfo.InvariantCulture) + "Z" },
        };
        context.Response.Headers.Location = $"{Root(context)}/api/deployments/latest{query}";
        context.Response.Headers.RetryAfter = $"{RetryAfter}";
    }

    private static Task ListAsync(HttpContext context, PublishedApp app)
    {
        var history = app.History();
        return WriteAsync(
            context, StatusCodes.Status200OK, [.. history.All.Select(d => DeploymentAnswer.Of(d, history, app, Root(context)))], AnswerJson.Default.DeploymentAnswerArray);
    }

    private static Task ShowAsync(HttpContext context, PublishedApp app, string id)
    {
        var history = app.History();
        var state = Find(history, id);
        var isUnderWay = history.StatusOf(state) == DeploymentStatus.Deploying;
        if (isUnderWay)
            SetLocation(context, state.Deployment);
        return WriteAsync(
            context, isUnderWay ? StatusCodes.Status202Accepted : StatusCodes.Status200OK, DeploymentAnswer.Of(state, history, app, Root(context)), AnswerJson.Default.DeploymentAnswer);
    }

    private static Task ShowLogAsync(HttpContext context, PublishedApp app, string id)
    {
        var history = app.History();
        return WriteAsync(context, StatusCodes.Status200OK, [.. LogAnswer.Of(Find(history, id), history)], AnswerJson.Default.LogAnswerArray);
    }

    private static Task DeleteAsync(HttpContext context, PublishedApp app, string id)
    {
        var history = app.History();
        var state = Find(history, id);
        if (history.IsActive(state) || history.IsTarget(state))
            throw new PublishingException(StatusCodes.Status409Conflict, "this deployment is in service: publish another one first");
        app.Delete(state.Deployment.Id);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static SortedDictionary<string, string> Settings(PublishedApp app) =>
        new(Fixed.Append(("WEBSITE_SITE_NAME", app.Name)).ToDictionary(s => s.Item1, s => s.Item2), StringComparer.OrdinalIgnoreCase);

    private static Task ShowSettingAsync(HttpContext context, PublishedApp app, string name) =>
        Settings(app).TryGetValue(name, out var value) ? context.Response.WriteAsync(value, context.RequestAborted) : throw NotFound($"setting {name}");

    /// <summary>A tool may set what is so anyhow.</summary>
    private static async Task SetSettingsAsync(HttpContext context, PublishedApp app)
    {
        SortedDictionary<string, string> wanted;
        try
        {
            wanted = await JsonSerializer.DeserializeAsync(context.Request.Body, AnswerJson.Default.SortedDictionaryStringString, context.RequestAborted) ?? [];
        }
        catch (JsonException e)
        {
            throw new PublishingException(StatusCodes.Status400BadRequest, $"the settings are no JSON object of texts: {e.Message}");
        }

        var settings = Settings(app);
        if (wanted.Where(s => settings.GetValueOrDefault(s.Key) != s.Value).Select(s => s.Key).ToArray() is { Length: > 0 } others)
            throw new PublishingException(StatusCodes.Status409Conflict, $"the app's settings come from its manifest, and {string.Join(", ", others)} can't be set here: change `settings` there");
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static FunctionAnswer[] Functions(HttpContext context, PublishedApp app) =>
        app.History().Active?.Result is { } result ? [.. result.Functions.Select(f => FunctionAnswer.Of(f, Root(context)))] : [];

    private static Task WriteSettingsFileAsync(HttpContext context, PublishedApp app, string password)
    {
        context.Response.ContentType = "application/xml";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{PublishSettingsFile.NameFor(app.Name)}\"";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(PublishSettingsFile.Write(app.Name, new(Root(context)), password), context.RequestAborted);
    }

    private static DeploymentState Find(DeploymentHistory history, string id) =>
        (id == "latest" ? history.All.FirstOrDefault() : history.Find(id)) ?? throw NotFound("such deployment");

    private static PublishingException NotFound(string what) => new(StatusCodes.Status404NotFound, $"there is no {what}");

    private static bool IsTrue(HttpRequest request, string name) => request.Query[name].ToString().Equals("true", StringComparison.OrdinalIgnoreCase);

    private static string Root(HttpContext context) => UriHelper.BuildAbsolute(context.Request.Scheme, context.Request.Host, context.Request.PathBase).TrimEnd('/');

    private static Task WriteAsync<T>(HttpContext context, int status, T value, JsonTypeInfo<T> type)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(value, type, "application/json; charset=utf-8", context.RequestAborted);
    }
}
