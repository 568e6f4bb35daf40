using System.Collections.Immutable;
using System.Globalization;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Kinds.FunctionApp;

/// <summary>A function app as people want to see it.</summary>
internal static class FunctionAppDescription
{
    public static ResourceStatus Of(FunctionAppResource app, ObservedFunctionApp? found, bool isInstalling) => new()
    {
        Kind = app.Id.Kind,
        Name = app.Id.Name,
        State = State(app, found, isInstalling),
        Summary = app.App.Package.Location,
        Details = found is null ? ImmutableSortedDictionary<string, string>.Empty : Details(found),
    };

    private static string State(FunctionAppResource app, ObservedFunctionApp? found, bool isInstalling) => found switch
    {
        { Unavailable: not null } => "unknown",
        _ when isInstalling => "installing",
        null => "missing",
        { Phase: AppHostPhase.Running, Report: { } report } =>
            report.Failure is not null ? "not loaded" : report.OutsideSchedule ? "outside schedule" : report.Serving == app.SpecHash ? "serving" : "loading",
        _ => found.Phase.ToString().ToLowerInvariant(),
    };

    private static ImmutableSortedDictionary<string, string> Details(ObservedFunctionApp app)
    {
        var details = ImmutableSortedDictionary.CreateBuilder<string, string>();
        Add("exitReason", app.ExitReason);
        Add("package", app.Packages.FirstOrDefault());
        if (app.Report is { } report)
        {
            Add("url", report.Url);
            Add("generation", report.Serving);
            Add("servingSince", Time(report.ServingSince));
            Add("nextSwitch", Time(report.NextSwitch));
            Add("failure", report.Failure);
            Add("hostVersion", report.Version);
            Add("process", report.ProcessId.ToString(CultureInfo.InvariantCulture));
            Add("startedAt", Time(report.StartedAt));
            Add("functions", string.Join(", ", report.Functions.Select(f => f.Disabled ? $"{f.Name} (disabled)" : f.Name)));
            Add("instances", string.Join(", ", report.Instances.Select(i => i.State).GroupBy(s => s, (state, all) => $"{all.Count()} {state}")));
            Add("restarts", report.Instances.Sum(i => (long)i.Restarts).ToString(CultureInfo.InvariantCulture));
        }

        return details.ToImmutable();

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                details[name] = value;
        }
    }

    private static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
