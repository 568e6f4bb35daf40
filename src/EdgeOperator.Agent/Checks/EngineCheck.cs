using EdgeOperator.Agent.Engine;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.Text;

namespace EdgeOperator.Agent.Checks;

/// <summary>Whether the container engine answers, with a version of its API that the agent knows.</summary>
internal static class EngineCheck
{
    private const string Area = "engine";

    public static async Task<IEnumerable<CheckResult>> RunAsync(CheckContext context, CancellationToken cancellation)
    {
        using var engine = new DockerEngine(new(context.Configuration.Engine.Socket));
        try
        {
            var api = await engine.NegotiateAsync(cancellation);
            var version = await engine.VersionAsync(cancellation);
            return [CheckResult.Ok(Area, $"version {version.Version} answers on {engine.Endpoint}, API {api}")];
        }
        catch (EngineException e)
        {
            var fix = $"start Docker or Podman ({ServiceCommands.StartEngine}), or name its socket in engine.socket of agent.yaml";
            return [context.NeedsEngine ? CheckResult.Error(Area, e.Message, fix) : CheckResult.Warning(Area, $"{e.Message}; no module needs it now", fix)];
        }
    }
}
