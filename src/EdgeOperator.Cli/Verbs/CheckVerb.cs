using System.Collections.Immutable;
using EdgeOperator.Agent.Checks;
using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Cli.Views;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Verbs;

/// <summary>Looks at all that the device depends on, whether its agent runs or not.</summary>
internal sealed class CheckVerb : Verb
{
    private readonly WarningsOption _warnings = new();

    public CheckVerb()
        : base("check", "Look for what is wrong on this device: engine, sources, hub, clock, names, disk, certificates, rights; each with what to do") => Add(_warnings);

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var (configuration, problems) = Configuration(call);
        var (status, absence) = await StatusAsync(call, cancellation);
        var report = await DeviceChecks.RunAsync(configuration, status, absence, call.Terminal.Time, cancellation);
        return CheckView.Print(call, report with { Checks = [.. problems, .. report.Checks] }, call.Get(_warnings));
    }

    /// <summary>With one that can't be used, what does not depend on it is looked at all the same.</summary>
    private static (AgentConfiguration Configuration, ImmutableArray<CheckResult> Problems) Configuration(Call call)
    {
        const string Area = "configuration";
        try
        {
            return (call.Configuration(), [CheckResult.Ok(Area, $"{call.ConfigFile} can be used")]);
        }
        catch (UserError e)
        {
            return (DefaultConfiguration.Of(call.Terminal) with { StateDirectory = StandardPaths.State }, [.. e.Lines.Select(line => CheckResult.Error(Area, line, $"`edgeop schema {KindNames.AgentConfiguration}` describes the file"))]);
        }
    }

    /// <summary>The running agent's status, or why there is none.</summary>
    public static async Task<(DeviceStatus? Status, string? Absence)> StatusAsync(Call call, CancellationToken cancellation)
    {
        using var agent = call.Agent();
        try
        {
            return (await agent.GetStatusAsync(cancellation), null);
        }
        catch (Exception e) when (e is AgentUnreachableException or AgentRefusedException)
        {
            return (null, e.Message);
        }
    }
}
