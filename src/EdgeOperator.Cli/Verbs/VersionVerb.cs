using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using EdgeOperator.Agent.Telemetry;
using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli.Verbs;

internal sealed class VersionVerb() : Verb("version", "Version, commit and runtime")
{
    public override Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var runtime = $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.RuntimeIdentifier}";
        if (call.Printer.IsDocument)
        {
            call.Printer.Print(new JsonObject
            {
                ["version"] = AgentVersion.Number,
                ["commit"] = AgentVersion.Commit,
                ["runtime"] = runtime,
            });
        }
        else
        {
            var grid = new Grid();
            grid.Add("edgeop", AgentVersion.Number);
            grid.Add("commit", AgentVersion.Commit);
            grid.Add("runtime", runtime);
            call.Printer.Print(grid);
        }

        return Task.FromResult(ExitCode.Done);
    }
}
