using System.Collections.Immutable;

namespace EdgeOperator.Functions.App;

/// <summary>A developer's <c>local.settings.json</c>.</summary>
/// <param name="Values">App settings; connection strings are among them as <c>ConnectionStrings:NAME</c>.</param>
/// <param name="Port">Null when the file does not say.</param>
public sealed record LocalSettings(ImmutableSortedDictionary<string, string> Values, int? Port)
{
    /// <summary><c>Host.CORS</c>: origins, or <c>*</c>.</summary>
    public ImmutableArray<string> CorsOrigins { get; init; } = [];

    public bool CorsCredentials { get; init; }

    public const string FileName = "local.settings.json";

    /// <returns>Nothing where there is no file.</returns>
    /// <exception cref="AppException">It is wrong, or encrypted.</exception>
    public static LocalSettings Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return new(ImmutableSortedDictionary<string, string>.Empty, null);
        }

        var file = new Section(LenientJson.Read(path, FileName), FileName);
        if (file.Flag("IsEncrypted") ?? false)
        {
            throw file.Wrong("IsEncrypted", "is true, and only the machine that encrypted it can read it: run `func settings decrypt` there");
        }

        var values = file.Sub("Values");
        var all = values.Keys.ToImmutableSortedDictionary(k => k, k => values.Text(k) ?? "").ToBuilder();
        var connections = file.Sub("ConnectionStrings");
        foreach (var name in connections.Keys)
        {
            // Either a text or an object with a ConnectionString.
            all[$"ConnectionStrings:{name}"] = connections.Node![name] is System.Text.Json.Nodes.JsonObject
                ? connections.Sub(name).Text("ConnectionString") ?? ""
                : connections.Text(name) ?? "";
        }

        var host = file.Sub("Host");
        return new(all.ToImmutable(), host.Number("LocalHttpPort", 1, 65535))
        {
            CorsOrigins = [.. (host.Text("CORS") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
            CorsCredentials = host.Flag("CORSCredentials") ?? false,
        };
    }
}
