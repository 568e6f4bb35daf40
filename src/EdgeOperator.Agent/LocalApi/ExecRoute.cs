using EdgeOperator.Agent.Drivers;
using EdgeOperator.Core.Protocol;
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
            var frames = new ExecFrames(connection);
            try
            {
                if (await frames.ReadAsync(ended.Token) is not { Kind: ExecFrameKind.Start } start)
                    throw new InvalidDataException("the first frame names no command");

                var request = ExecFrames.Json(start.Content, ProtocolJson.Default.ExecRequest);
                if (request.Command is not [{ Length: > 0 }, ..])
                    throw new InvalidDataException("there is no command");

                await frames.WriteAsync(await control.ExecAsync(new(kind, name), request, frames, by, ended.Token), ended.Token);
            }
            catch (ControlException e)
            {
                await FailAsync(frames, e.Reason, e.Message, ended.Token);
            }
            catch (InvalidDataException e)
            {
                await FailAsync(frames, "BadRequest", e.Message, ended.Token);
            }
            catch (IOException)
            {
                // The client has gone.
            }
        });

    private static async Task FailAsync(ExecFrames frames, string reason, string message, CancellationToken cancellation)
    {
        try
        {
            await frames.WriteAsync(ExecFrameKind.Failure, new("Conflict", StatusCodes.Status409Conflict, reason, message), ProtocolJson.Default.ProblemDocument, cancellation);
        }
        catch (IOException)
        {
            // The client has gone.
        }
    }
}
