using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.App;

/// <summary>Reads <c>host.json</c>, version 2.0. Keys that it does not know are tolerated, as in the cloud.</summary>
internal static class HostFile
{
    public const string Name = "host.json";

    private enum Encoding
    {
        Base64,
        None,
    }

    /// <exception cref="AppException">A value is wrong; the message names the key.</exception>
    public static HostSettings Read(string folder, ImmutableSortedDictionary<string, string> settings)
    {
        var path = Path.Combine(folder, Name);
        var file = File.Exists(path)
            ? LenientJson.Read(path, Name)
            : throw new AppException($"There is no {Name} in {folder}: is this the folder of a function app?");
        return Read(file, folder, settings);
    }

    /// <inheritdoc cref="Read(string, ImmutableSortedDictionary{string, string})"/>
    public static HostSettings Read(JsonObject file, string folder, ImmutableSortedDictionary<string, string> settings)
    {
        var version = new Section(file, Name).Text("version");
        if (version != "2.0")
        {
            throw new AppException(
                $"{Name}: version must be \"2.0\"{(version is null ? ", and is missing" : $", not \"{version}\"")}. It is the version of the file's format, not of the runtime");
        }

        SettingOverrides.Apply(file, settings);
        var host = new Section(file, Name);
        if (host.Sub("httpWorker").Exists && !host.Sub("customHandler").Exists)
        {
            throw host.Wrong("httpWorker", "is a format of the past: rename it to customHandler");
        }

        var (level, levels) = Levels(host.Sub("logging").Sub("logLevel"));
        return new()
        {
            FunctionTimeout = TimeLimit(host),
            Functions = host.List("functions"),
            Retry = RetryReader.Read(host.Sub("retry")),
            Http = Http(host.Sub("extensions").Sub("http"), settings),
            Queues = Queues(host.Sub("extensions").Sub("queues")),
            Blobs = Blobs(host.Sub("extensions").Sub("blobs")),
            CustomHandler = CustomHandlerSection.Read(host.Sub("customHandler"), folder, settings),
            DefaultLogLevel = level,
            LogLevels = levels,
        };
    }

    // The limits of the cloud's plans that have a machine of their own: none at all is allowed.
    private static TimeSpan? TimeLimit(Section host)
    {
        const string Key = "functionTimeout";
        return host.Text(Key) switch
        {
            null => new HostSettings().FunctionTimeout,
            "-1" => null,
            _ when host.Duration(Key) is { } limit && limit >= TimeSpan.FromSeconds(1) => limit,
            _ => throw host.Wrong(Key, "must be at least 00:00:01, or -1 for no limit"),
        };
    }

    private static HttpSettings Http(Section http, ImmutableSortedDictionary<string, string> settings)
    {
        var otherwise = new HttpSettings();
        var headers = http.Sub("customHeaders");
        return otherwise with
        {
            RoutePrefix = http.Text("routePrefix")?.Trim('/') ?? otherwise.RoutePrefix,
            MaxOutstandingRequests = http.Number("maxOutstandingRequests", -1) ?? otherwise.MaxOutstandingRequests,
            MaxConcurrentRequests = http.Number("maxConcurrentRequests", -1) ?? otherwise.MaxConcurrentRequests,
            CustomHeaders = headers.Keys.ToImmutableSortedDictionary(k => k, k => headers.Text(k) ?? ""),
            StrictTransportSecurity = StrictTransportSecurity(http.Sub("hsts")),
            BodyLimit = BodyLimit(settings) ?? otherwise.BodyLimit,
        };
    }

    // RFC 6797; the default age is ASP.NET's.
    private static string? StrictTransportSecurity(Section hsts) => !(hsts.Flag("isEnabled") ?? false) ? null :
        $"max-age={(long)(hsts.Duration("maxAge") ?? TimeSpan.FromDays(30)).TotalSeconds}"
        + ((hsts.Flag("includeSubDomains") ?? false) ? "; includeSubDomains" : "")
        + ((hsts.Flag("preload") ?? false) ? "; preload" : "");

    private static long? BodyLimit(ImmutableSortedDictionary<string, string> settings)
    {
        const string Key = "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT";
        return settings.GetValueOrDefault(Key) switch
        {
            null => null,
            var text when long.TryParse(text, out var limit) && limit >= 0 => limit,
            var text => throw new AppException($"The setting {Key} must be a number of bytes, not \"{text}\""),
        };
    }

    private static QueueSettings Queues(Section queues)
    {
        var otherwise = new QueueSettings();
        var batch = queues.Number("batchSize", 1, 32) ?? otherwise.BatchSize;
        return new()
        {
            BatchSize = batch,
            NewBatchThreshold = queues.Number("newBatchThreshold", 0) ?? batch / 2,
            MaxDequeueCount = queues.Number("maxDequeueCount", 1) ?? otherwise.MaxDequeueCount,
            VisibilityTimeout = queues.Duration("visibilityTimeout") ?? otherwise.VisibilityTimeout,
            MaxPollingInterval = queues.Duration("maxPollingInterval") switch
            {
                null => otherwise.MaxPollingInterval,
                { } interval when interval >= TimeSpan.FromMilliseconds(100) => interval,
                _ => throw queues.Wrong("maxPollingInterval", "must be at least 00:00:00.1"),
            },
            Base64 = queues.Choice<Encoding>("messageEncoding") != Encoding.None,
        };
    }

    private static BlobSettings Blobs(Section blobs)
    {
        var otherwise = new BlobSettings();
        return new()
        {
            MaxDegreeOfParallelism = blobs.Number("maxDegreeOfParallelism", 1) ?? otherwise.MaxDegreeOfParallelism,
            PoisonBlobThreshold = blobs.Number("poisonBlobThreshold", 1) ?? otherwise.PoisonBlobThreshold,
        };
    }

    private static (LogLevel Default, ImmutableSortedDictionary<string, LogLevel> ByCategory) Levels(Section levels)
    {
        var all = levels.Keys.ToImmutableSortedDictionary(
            k => k, k => levels.Choice<LogLevel>(k) ?? LogLevel.Information, StringComparer.OrdinalIgnoreCase);
        return (all.GetValueOrDefault("default", LogLevel.Information), all.Remove("default"));
    }
}
