using EdgeOperator.Agent.Drivers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EdgeOperator.Agent.LocalApi;

/// <summary>Runs commands: a request whose connection becomes <see cref="ExecFrames"/>.</summary>
internal static class ExecRoute
{
    public static void MapExec(this IEndpointRouteBuilder routes, IAgentControl control) =>
        routes.MapPost("/v1/resources/{kind}/{name}/exec", async (string kind, string name, string? reason, HttpContext context) =>
        {
            if (context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade || context.Request.Headers.Upgrade != ExecFrames.Protocol)
                throw new BadHttpRequestException($"a command is run over a connection of its own: send Upgrade: {ExecFrames.Protocol}.");

            var by = Operator.Of(context, reason);
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(
                context.RequestAborted, context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
            context.Response.Headers.Upgrade = ExecFrames.Protocol;
            await using var connection = await upgrade.UpgradeAsync();
            await ExecSession.RunAsync(new(connection), (request, frames) => control.ExecAsync(new(kind, name), request, frames, by, ended.Token), ended.Token);
        });
}
