using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Kinds.EdgeModule.Compiling;

/// <summary>
/// Options of the log drivers that every engine has, which refuse an option that they do not know. Others, and plugins, check
/// their own.
/// </summary>
internal sealed partial class LogConfigCheck(JsonObject body, CreateOptions options, ProblemCollector problems)
{
    private static readonly string[] Common = ["mode", "max-buffer-size", "max-size", "max-file", "compress"];
    private static readonly string[] Attributes = ["labels", "labels-regex", "env", "env-regex", "tag"];

    public void Run()
    {
        string[]? known = body.GetText("HostConfig", "LogConfig", "Type") switch
        {
            "json-file" => [.. Common, .. Attributes],
            "local" => Common,
            "journald" => ["mode", "max-buffer-size", .. Attributes],
            _ => null,
        };
        foreach (var (name, value) in known is null ? [] : body.GetMap("HostConfig", "LogConfig", "Config"))
        {
            if (!known!.Contains(name))
                Add(name, $"the log driver {body.GetText("HostConfig", "LogConfig", "Type")} has no option {Quote.Short(name)}", Spelling.Closest(name, known!) is { } close ? $"did you mean `{close}`?" : "remove it");
            else if (value is JsonValue text && text.TryGetValue<string>(out var setting) && !setting.Contains("${", StringComparison.Ordinal) && Expected(name, setting) is { } expected)
                Add(name, $"the log option {name} must be {expected}, not {Quote.Short(setting)}", "correct the value");
        }
    }

    private static string? Expected(string name, string value) => name switch
    {
        "max-size" or "max-buffer-size" when !Size().IsMatch(value) && value != "-1" => "a size such as 10m",
        "max-file" when !int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var files) || files < 1 => "a whole number from 1",
        "compress" when value is not ("true" or "false" or "True" or "False" or "TRUE" or "FALSE" or "1" or "0" or "t" or "f" or "T" or "F") => "true or false",
        "mode" when value is not ("blocking" or "non-blocking") => "blocking or non-blocking",
        _ => null,
    };

    private void Add(string name, string what, string fix) => problems.Add(options.At("HostConfig", "LogConfig", "Config", name), what, fix);

    [GeneratedRegex(@"\A[0-9]+(?:\.[0-9]+)? ?[kKmMgGtTpP]?[iI]?[bB]?\z")]
    private static partial Regex Size();
}
