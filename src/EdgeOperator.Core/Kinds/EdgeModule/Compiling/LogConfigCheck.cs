using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Kinds.EdgeModule.Compiling;

/// <summary>
/// Options of the log drivers that an engine brings along, which refuse an option that they do not know. Others, and plugins, check
/// their own.
/// </summary>
internal sealed partial class LogConfigCheck(JsonObject body, CreateOptions options, ProblemCollector problems)
{
    private static readonly string[] Common = ["mode", "max-buffer-size"];
    private static readonly string[] Files = ["max-size", "max-file", "compress"];
    private static readonly string[] Attributes = ["labels", "labels-regex", "env", "env-regex", "tag"];

    private static readonly string[] SyslogFormats = ["", "rfc3164", "rfc5424", "rfc5424micro"];
    private static readonly string[] SyslogFacilities =
    [
        "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
        "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
    ];

    private string Driver => body.GetText("HostConfig", "LogConfig", "Type");

    public void Run()
    {
        string[]? known = Driver switch
        {
            "json-file" => [.. Common, .. Files, .. Attributes],
            "local" => [.. Common, .. Files],
            "journald" => [.. Common, .. Attributes],
            "syslog" =>
            [
                .. Common, .. Attributes, "syslog-address", "syslog-facility", "syslog-format", "syslog-tls-ca-cert", "syslog-tls-cert", "syslog-tls-key",
                "syslog-tls-skip-verify",
            ],
            "gelf" =>
            [
                .. Common, .. Attributes, "gelf-address", "gelf-compression-level", "gelf-compression-type", "gelf-tcp-max-reconnect", "gelf-tcp-reconnect-delay",
            ],
            "fluentd" =>
            [
                .. Common, .. Attributes, "fluentd-address", "fluentd-async", "fluentd-async-connect", "fluentd-async-reconnect-interval", "fluentd-buffer-limit",
                "fluentd-max-retries", "fluentd-read-timeout", "fluentd-request-ack", "fluentd-retry-wait", "fluentd-sub-second-precision", "fluentd-write-timeout",
            ],
            _ => null,
        };
        foreach (var (name, value) in known is null ? [] : body.GetMap("HostConfig", "LogConfig", "Config"))
        {
            if (!known!.Contains(name))
                Add(name, $"the log driver {Driver} has no option {Quote.Short(name)}", Spelling.Closest(name, known!) is { } close ? $"did you mean `{close}`?" : "remove it");
            else if (value is JsonValue text && text.TryGetValue<string>(out var setting) && !setting.Contains("${", StringComparison.Ordinal) && Expected(name, setting) is { } expected)
                Add(name, $"the log option {name} must be {expected}, not {Quote.Short(setting)}", "correct the value");
        }

        if (!body.GetMap("HostConfig", "LogConfig", "Config").Any(option => (option.Value as JsonValue)?.ToString().Contains("${", StringComparison.Ordinal) == true))
            CheckTogether();
    }

    /// <summary>Options that depend on each other.</summary>
    private void CheckTogether()
    {
        if (Text("max-buffer-size").Length > 0 && Text("mode") != "non-blocking")
            Add("max-buffer-size", "the log option max-buffer-size goes with mode non-blocking alone", "set mode to non-blocking, or remove it");
        if (Driver == "json-file" && IsTrue(Text("compress")) && (Text("max-size").Length == 0 || Text("max-file") is "" or "1"))
            Add("compress", "the log option compress needs files to rotate: max-size, and max-file of 2 or more", "set both, or remove it");
        if (Driver == "local" && Text("max-file") == "1" && (Text("compress").Length == 0 || IsTrue(Text("compress"))))
            Add("max-file", "the log driver local compresses what it rotates, and with max-file 1 there is nothing to rotate", "set compress to false, or keep 2 files or more");
        if (Driver == "gelf" && Text("gelf-address").Length == 0)
            Add("gelf-address", "the log driver gelf needs the option gelf-address", "name the server, such as udp://10.0.0.1:12201");
    }

    private string? Expected(string name, string value) => name switch
    {
        "max-size" or "max-buffer-size" when !Size().IsMatch(value) => "a size such as 10m",
        "max-size" when Driver == "json-file" && value.TrimStart('0').FirstOrDefault() is not (>= '1' and <= '9' or '.') => "a size above 0",
        "max-file" when !int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var files) || files < 1 => "a whole number from 1",
        "compress" when value is not ("true" or "false" or "True" or "False" or "TRUE" or "FALSE" or "1" or "0" or "t" or "f" or "T" or "F") => "true or false",
        "mode" when value is not ("blocking" or "non-blocking") => "blocking or non-blocking",
        "syslog-address" or "gelf-address" when !Url().IsMatch(value) => "PROTOCOL://ADDRESS, such as udp://10.0.0.1:514",
        "syslog-format" when !SyslogFormats.Contains(value) => "rfc3164, rfc5424 or rfc5424micro",
        "syslog-facility" when !IsFacility(value) => "a facility of syslog, such as daemon, or its number from 0 to 23",
        _ => null,
    };

    private static bool IsFacility(string value) =>
        SyslogFacilities.Contains(value) || value.Length == 0 || (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 23);

    private static bool IsTrue(string value) => value is "true" or "True" or "TRUE" or "1" or "t" or "T";

    private string Text(string name) => body.GetText("HostConfig", "LogConfig", "Config", name);

    private void Add(string name, string what, string fix) => problems.Add(options.At("HostConfig", "LogConfig", "Config", name), what, fix);

    [GeneratedRegex(@"\A[0-9]+(?:\.[0-9]+)? ?[kKmMgGtTpP]?[iI]?[bB]?\z")]
    private static partial Regex Size();

    [GeneratedRegex(@"\A[a-z+]+://.+\z")]
    private static partial Regex Url();
}
