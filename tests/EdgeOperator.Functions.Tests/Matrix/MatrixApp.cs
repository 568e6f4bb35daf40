using System.Text.Json.Nodes;
using EdgeOperator.Functions.Tests.Node;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Matrix;

/// <summary>The app of a kind of worker. Those whose functions are described by function.json files have them written here.</summary>
internal static class MatrixApp
{
    /// <param name="folder">Where a copy may be made, for as long as the app runs.</param>
    public static async Task<string> FolderAsync(string kind, string folder)
    {
        if (kind is "HttpRequestData" or "ASP.NET Core")
            return await IsolatedAppBuild.FolderAsync();

        var app = Path.Combine(folder, "app");
        if (Directory.Exists(app))
            return app;
        var isNode = kind.StartsWith("Node.js", StringComparison.Ordinal);
        await Shell.RunAsync("cp", "-R", Path.Combine(NodePackages.Apps, isNode ? "matrix-node" : "matrix-custom"), app);
        switch (kind)
        {
            case "Node.js v3":
                var modules = Directory.CreateDirectory(Path.Combine(app, "node_modules", "@azure")).FullName;
                Directory.CreateSymbolicLink(Path.Combine(modules, "functions"), Path.Combine(await NodePackages.ModulesAsync(), "functions-v3"));
                File.Delete(Path.Combine(app, "package.json"));
                WriteFunctions(app, "../v3.js");
                break;
            case "custom handler":
                WriteFunctions(app, null);
                break;
            default:
                Directory.CreateSymbolicLink(Path.Combine(app, "node_modules"), await NodePackages.ModulesAsync());
                break;
        }

        return app;
    }

    private static void WriteFunctions(string app, string? script)
    {
        foreach (var trigger in MatrixTable.Triggers)
        {
            foreach (var further in MatrixTable.Further)
            {
                var function = new JsonObject { ["bindings"] = new JsonArray([.. Bindings(trigger, further)]) };
                if (script is not null)
                    function["scriptFile"] = script;
                var folder = Directory.CreateDirectory(Path.Combine(app, $"mx-{trigger}-{further}"));
                File.WriteAllText(Path.Combine(folder.FullName, "function.json"), function.ToJsonString());
            }
        }
    }

    private static IEnumerable<JsonNode> Bindings(string trigger, string further)
    {
        // In timers, which know no call, its id is a setting, and the same in all of them: what one reads must not be what another writes.
        var (read, written) = trigger == "timer" ? ("%CALL%in", "%CALL%") : ("{call}", "{call}");
        yield return trigger switch
        {
            "http" => new JsonObject { ["type"] = "httpTrigger", ["direction"] = "in", ["name"] = "trigger", ["authLevel"] = "anonymous", ["route"] = $"mx/http/{further}" },
            "queue" => new JsonObject { ["type"] = "queueTrigger", ["direction"] = "in", ["name"] = "trigger", ["queueName"] = $"mx-queue-{further}" },
            "blob" => new JsonObject { ["type"] = "blobTrigger", ["direction"] = "in", ["name"] = "trigger", ["path"] = $"mx-blob-{further}/{{call}}", ["dataType"] = "string" },
            _ => new JsonObject { ["type"] = "timerTrigger", ["direction"] = "in", ["name"] = "trigger", ["schedule"] = "%TIMER_SCHEDULE%", ["runOnStartup"] = true },
        };
        if (trigger == "http")
            yield return new JsonObject { ["type"] = "http", ["direction"] = "out", ["name"] = "res" };
        JsonObject? binding = further switch
        {
            "blobin" => new() { ["type"] = "blob", ["direction"] = "in", ["name"] = "text", ["path"] = $"mx-data/{read}", ["dataType"] = "string" },
            "tablein" => new() { ["type"] = "table", ["direction"] = "in", ["name"] = "row", ["tableName"] = "Matrix", ["partitionKey"] = "p", ["rowKey"] = read },
            "queueout" => new() { ["type"] = "queue", ["direction"] = "out", ["name"] = "out", ["queueName"] = $"out-{written}" },
            "blobout" => new() { ["type"] = "blob", ["direction"] = "out", ["name"] = "out", ["path"] = $"mx-data/{written}" },
            "tableout" => new() { ["type"] = "table", ["direction"] = "out", ["name"] = "out", ["tableName"] = "Matrix" },
            _ => null,
        };
        if (binding is not null)
            yield return binding;
    }
}
