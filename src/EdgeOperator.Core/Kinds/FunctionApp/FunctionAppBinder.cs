using System.Globalization;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Reading;
using EdgeOperator.Core.Protocol.Functions;

namespace EdgeOperator.Core.Kinds.FunctionApp;

/// <summary>Makes a function app of its checked fields and its files in the source.</summary>
internal static class FunctionAppBinder
{
    /// <param name="spec">The spec as written, for positions.</param>
    /// <returns>Null after a problem.</returns>
    public static FunctionAppSpec? Bind(FunctionAppFields fields, MapNode spec, SourceFiles files, string manifest, ProblemCollector problems)
    {
        foreach (var name in fields.Settings.Keys.Where(fields.SettingsFiles.ContainsKey))
            problems.Add((spec["settingsFiles"] as MapNode)?.Find(name)?.KeyWhere ?? spec.Where, $"the setting {Quote.Short(name)} stands in `settings` and in `settingsFiles`", "keep one of them");
        if (Package(fields.Package, spec, files, manifest, problems) is not { } package)
            return null;

        return new()
        {
            Package = package,
            Worker = fields.Worker,
            Instances = fields.Instances,
            Settings = fields.Settings,
            SettingsFiles = fields.SettingsFiles,
            Address = fields.Http.Address,
            Port = fields.Http.Port,
            MasterKeyFile = fields.Http.MasterKeyFile,
            KeyFiles = fields.Http.KeyFiles,
            CorsOrigins = fields.Http.CorsOrigins,
            CorsCredentials = fields.Http.CorsCredentials,
            TrustedProxies = fields.Http.TrustedProxies,
            Schedule = [.. fields.Schedule.Select(Window)],
            Cpus = fields.Resources?.Cpus,
            Memory = fields.Resources?.Memory,
            Standby = fields.Standby,
            User = fields.User,
        };
    }

    private static FunctionPackage? Package(PackageFields fields, MapNode spec, SourceFiles files, string manifest, ProblemCollector problems)
    {
        if (fields is { Url: { } url, Sha256: { } hash })
            return new FunctionPackage.Zip(url, hash);
        if (fields.Published is { } published)
            return new FunctionPackage.Published(published);
        var path = spec["package"] as ScalarNode ?? (ScalarNode)((MapNode)spec["package"]!)["path"]!;
        return path.Kind == ScalarKind.Placeholder ? new FunctionPackage.Folder("", []) : PackageFolder.Read(manifest, path, files, problems);
    }

    private static RunWindow Window(WindowFields window) =>
        new(window.Days ?? [], Time(window.Start), Time(window.End), window.TimeZone);

    // A variable whose value is not known stands for any time.
    private static TimeOnly Time(string text) =>
        TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : TimeOnly.MinValue;
}
