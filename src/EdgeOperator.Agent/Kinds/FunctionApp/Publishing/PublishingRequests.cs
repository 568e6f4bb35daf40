using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Json;
using System.Runtime.Versioning;
using System.Text;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Platform.Publishing;

namespace EdgeOperator.Agent.Kinds.FunctionApp.Publishing;

/// <summary>What an operator of this device may ask about published packages: their deployments, an earlier one again, and credentials.</summary>
[SupportedOSPlatform("linux")]
internal sealed class PublishingRequests(PublishStore store, PublishingConfiguration? configuration, TimeProvider time)
{
    /// <param name="path">The request's path, in parts.</param>
    /// <param name="name">The name that the app's package is published under; null when its manifest names another package.</param>
    /// <returns>Null when the request is about something else.</returns>
    /// <exception cref="ControlException">It can't be met.</exception>
    public HttpResponseMessage? Answer(HttpMethod method, ReadOnlySpan<string> path, string app, string? name)
    {
        if (path is not (["deployments", ..] or ["publish-settings", ..]))
            return null;
        if (name is null)
            throw new ControlException("NotPublished", $"the package of {app} comes from its manifest: write `package: {{published: {app}}}` there to publish it to the device");
        return path switch
        {
            ["deployments"] when method == HttpMethod.Get => Reports(name),
            ["deployments", var id] when method == HttpMethod.Post => Repeat(name, id),
            ["publish-settings"] when method == HttpMethod.Post => CreateSettings(name),
            _ => null,
        };
    }

    private HttpResponseMessage Reports(string name)
    {
        var history = store.Find(name)?.History() ?? new([]);
        return Json([.. history.All.Select(d => Report(d, history))]);
    }

    private HttpResponseMessage Repeat(string name, string id)
    {
        var app = store.Find(name) ?? throw Unknown(id);
        var history = app.History();

        // A beginning is enough, as with commits.
        var found = id == "previous"
            ? history.All.Where(d => d.Result is { Failure: null } && d.Deployment.Version != history.Active?.Deployment.Version).Take(1).ToImmutableArray()
            : [.. history.All.Where(d => d.Deployment.Id.StartsWith(id, StringComparison.Ordinal))];
        if (found.Length != 1)
            throw Unknown(id);
        app.Repeat(found[0].Deployment, time.GetUtcNow());
        return Reports(name);
    }

    private HttpResponseMessage CreateSettings(string name)
    {
        if (configuration is not { } publishing)
            throw new ControlException("NotConfigured", "nothing listens for packages on this device: set `functions.publishing` in the agent's configuration");
        var password = store.Create(name).CreateCredentials(time.GetUtcNow());
        var host = IPAddress.TryParse(publishing.Address, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            ? Dns.GetHostName()
            : publishing.Address.Contains(':', StringComparison.Ordinal) ? $"[{publishing.Address}]" : publishing.Address;
        var url = new Uri($"{(publishing.CertificateFile is null ? "http" : "https")}://{host}:{publishing.Port}");
        return new(HttpStatusCode.OK) { Content = new StringContent(PublishSettingsFile.Write(name, url, password) + "\n", Encoding.UTF8, "application/xml") };
    }

    private static ControlException Unknown(string id) => new(ControlException.NotFound, id == "previous"
        ? "no other version has been in service before"
        : $"there is no deployment {id}, or more than one whose id begins so: `edgeop function deployments` lists them");

    private static DeploymentReport Report(DeploymentState state, DeploymentHistory history) => new(
        state.Deployment.Id,
        state.Deployment.Version,
        history.StatusOf(state).ToString(),
        history.IsActive(state),
        state.Deployment.RequestedAt,
        state.Result?.EndedAt,
        state.Deployment.Origin.Message,
        history.FailureOf(state));

    private static HttpResponseMessage Json(ImmutableArray<DeploymentReport> reports) =>
        new(HttpStatusCode.OK) { Content = JsonContent.Create(reports, HostJson.Default.ImmutableArrayDeploymentReport) };
}
