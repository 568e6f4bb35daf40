using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Tests.Planning.Model;

/// <summary>
/// Function apps and their hosts in memory: a host serves what it was asked for some time later, and keeps what it served
/// when the package is broken.
/// </summary>
internal sealed class ModelApps
{
    private static readonly string Broken = new FunctionPackage.Folder("", [new("host.json", "broken"u8.ToArray())]).Hash;

    private readonly SortedDictionary<string, ObservedFunctionApp> _apps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _packageOf = [];

    public ImmutableSortedDictionary<string, ObservedFunctionApp> Observe() => _apps.ToImmutableSortedDictionary(StringComparer.Ordinal);

    public void Settle()
    {
        foreach (var app in _apps.Values.Where(app => app is { Phase: AppHostPhase.Starting or AppHostPhase.Running, Requested: not null }).ToList())
        {
            var broken = _packageOf[app.Requested!] == Broken;
            _apps[app.Name] = app with
            {
                Phase = AppHostPhase.Running,
                Report = new()
                {
                    App = app.Name,
                    Version = "1",
                    Wanted = app.Requested,
                    Serving = broken ? app.Report?.Serving : app.Requested,
                    Failure = broken ? "it is broken" : null,
                },
            };
        }
    }

    public bool Execute(Step step, DesiredState desired)
    {
        var name = step.Resource.Name;
        var app = _apps.GetValueOrDefault(name) ?? new() { Name = name };
        switch (step)
        {
            case InstallApp install:
                _apps[name] = app with { Packages = [install.Package.Hash, .. app.Packages.Remove(install.Package.Hash)] };
                return true;
            case ServeApp serve:
                var spec = ((FunctionAppResource)desired.Resources[step.Resource]).App;
                if (!app.Packages.Contains(spec.Package.Hash))
                    throw new InvalidOperationException($"{step.Id} without its package");
                _packageOf[serve.SpecHash] = spec.Package.Hash;
                _apps[name] = app with
                {
                    Requested = serve.SpecHash,
                    Packages = [spec.Package.Hash, .. app.Packages.Remove(spec.Package.Hash)],
                    Phase = app.Phase == AppHostPhase.Stopped ? AppHostPhase.Starting : app.Phase,
                    User = app.Phase == AppHostPhase.Stopped ? spec.User ?? "" : app.User,
                };
                return true;
            case StopApp:
                _apps[name] = app with { Requested = null, Phase = AppHostPhase.Stopped, Report = null, User = "" };
                return true;
            case RemoveGeneration remove:
                if (app.Requested is not null && desired.Resources.GetValueOrDefault(step.Resource) is FunctionAppResource kept && kept.App.Package.Hash == remove.Package)
                    throw new InvalidOperationException($"{step.Id} removes what is served");
                app = app with { Packages = app.Packages.Remove(remove.Package) };
                if (app.Packages.IsEmpty && app.Phase == AppHostPhase.Stopped)
                    _apps.Remove(name);
                else
                    _apps[name] = app;
                return true;
            default:
                throw new NotSupportedException(step.Id);
        }
    }
}
