using System.Collections.Immutable;
using System.Text.Json;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Functions.App;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Functions.Loading;

/// <summary>Reads an app as it lies in a folder. One function that can't be run does not stop the others.</summary>
public static class AppReader
{
    /// <param name="isDevelopment">The folder is where the app is written: its local.settings.json may lie there.</param>
    /// <exception cref="AppException">The app can't be run at all.</exception>
    public static FunctionApp Read(AppRequest request, bool isDevelopment = false)
    {
        var folder = Path.GetFullPath(request.Folder);
        if (!Directory.Exists(folder))
        {
            throw new AppException($"The app's folder does not exist: {folder}");
        }

        if (!isDevelopment && File.Exists(Path.Combine(folder, LocalSettings.FileName)))
        {
            throw new AppException(
                $"{LocalSettings.FileName} holds secrets and does not belong into a package: remove it from what is deployed, and give the app its settings in the manifest");
        }

        var settings = PlatformSettings.AddTo(request with { Settings = request.Settings.SetItems(SecretSettings(request)) }, isDevelopment);
        var host = HostFile.Read(folder, settings);
        var app = new FunctionApp { Name = request.App, Folder = folder, Host = host, Settings = settings, Worker = "" };
        app = Add(app, Directory.GetDirectories(folder).Order(StringComparer.Ordinal)
            .Where(d => File.Exists(Path.Combine(d, FunctionFolder.FileName)))
            .Select(d => (Path.GetFileName(d), (Func<FunctionDefinition>)(() => FunctionFolder.Read(d, settings)))));
        return app with { Worker = request.Worker ?? WorkerKind.Of(folder, host, settings, app.Functions) };
    }

    /// <summary>What the agent has put into memory alone.</summary>
    private static ImmutableSortedDictionary<string, string> SecretSettings(AppRequest request)
    {
        if (request.SecretSettings is not { } path)
        {
            return ImmutableSortedDictionary<string, string>.Empty;
        }

        try
        {
            return JsonSerializer.Deserialize(ReferencedFile.ReadBytes(path), HostJson.Default.ImmutableSortedDictionaryStringString) ?? ImmutableSortedDictionary<string, string>.Empty;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new AppException($"The app's secret settings can't be read from {path}: {(e is JsonException ? "it is no JSON object of texts" : e.Message)}");
        }
    }

    /// <summary>The app with the functions that its worker announced in place of those from function.json files.</summary>
    public static FunctionApp Announced(FunctionApp app, ImmutableArray<FunctionDefinition> functions) => Add(
        app with { Functions = [], Problems = [] }, functions.Select(f => (f.Name, (Func<FunctionDefinition>)(() => f))));

    private static FunctionApp Add(FunctionApp app, IEnumerable<(string Name, Func<FunctionDefinition> Read)> functions)
    {
        var good = ImmutableArray.CreateBuilder<FunctionDefinition>();
        var bad = app.Problems.ToBuilder();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, read) in functions.Where(f => FunctionRules.IsListed(f.Name, app.Host)))
        {
            try
            {
                var function = FunctionRules.Apply(read(), app.Host, app.Settings);
                good.Add(names.Add(name) ? function : throw new FormatException($"Another function is named {name} already"));
            }
            catch (Exception e) when (e is AppException or FormatException)
            {
                bad.Add(new(name, e.Message));
            }
        }

        bad.AddRange((app.Host.Functions ?? []).Where(n => !names.Contains(n) && bad.All(p => !p.Function.Equals(n, StringComparison.OrdinalIgnoreCase)))
            .Select(n => new FunctionProblem(n, $"{HostFile.Name} lists it in functions, but the app has no such function")));
        return app with { Functions = good.ToImmutable(), Problems = bad.ToImmutable() };
    }
}
