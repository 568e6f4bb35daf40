using System.Globalization;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Twins;
using EdgeOperator.Core.Twins.Query;
using EdgeOperator.Hub.Registry;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Twins;

namespace EdgeOperator.Hub.Jobs;

/// <summary>A job as it is asked for and stored: IoT Hub's JSON of it, without the statistics.</summary>
/// <remarks>Source of its form: https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-jobs</remarks>
internal sealed record Job(JsonObject Body, string ETag)
{
    public const string UpdateTwin = "scheduleUpdateTwin";
    public const string DeviceMethod = "scheduleDeviceMethod";

    private const int DefaultSeconds = 3600;
    private const int MostSeconds = 7 * 24 * 3600;

    public string Id => (string)Body["jobId"]!;

    public string Type => (string)Body["type"]!;

    public string Status => (string)Body["status"]!;

    public DateTimeOffset Start => Time("startTime");

    public DateTimeOffset Deadline => Start + TimeSpan.FromSeconds((int)Body["maxExecutionTimeInSeconds"]!);

    /// <summary>The devices or modules that it is for.</summary>
    public QueryTarget Target => QueryTarget.Parse((string)Body["queryCondition"]!);

    /// <summary>The devices that it is for have all been written down.</summary>
    public bool HasDevices => Body["hasDevices"] is not null;

    public bool IsOver => Status is "completed" or "failed" or "cancelled";

    /// <exception cref="ServiceException">It is none that can be done.</exception>
    public static Job Read(string id, JsonObject body, DateTimeOffset now)
    {
        var type = RegistryDocument.Text(body, "type");
        var job = new JsonObject
        {
            ["jobId"] = id,
            ["type"] = type,
            ["queryCondition"] = ReadCondition(RegistryDocument.Text(body, "queryCondition")),
            ["createdTime"] = TwinMetadata.Time(now),
            ["startTime"] = TwinMetadata.Time(ReadStart(RegistryDocument.Text(body, "startTime"), now)),
            ["maxExecutionTimeInSeconds"] = ReadSeconds(body["maxExecutionTimeInSeconds"]),
        };
        switch (type)
        {
            case UpdateTwin:
                job["updateTwin"] = ReadUpdate(body["updateTwin"] as JsonObject, now);
                break;
            case DeviceMethod:
                job["cloudToDeviceMethod"] = (body["cloudToDeviceMethod"] as JsonObject ?? throw Invalid("'cloudToDeviceMethod' is missing or not an object")).DeepClone();
                break;
            default:
                throw Invalid($"the job's type is neither {UpdateTwin} nor {DeviceMethod}");
        }

        var read = new Job(job, RegistryDocument.NewETag());
        job["status"] = read.Start > now ? "scheduled" : "queued";
        return read;
    }

    /// <summary>The same job at another point of its life.</summary>
    public Job With(string status, params ReadOnlySpan<(string Name, JsonNode? Value)> changes)
    {
        var body = Body.DeepClone().AsObject();
        body["status"] = status;
        foreach (var (name, value) in changes)
            body[name] = value;
        return new(body, RegistryDocument.NewETag());
    }

    private static string ReadCondition(string? condition)
    {
        if (string.IsNullOrWhiteSpace(condition))
            throw Invalid("'queryCondition' is missing: * stands for all devices, FROM devices.modules for all modules");
        try
        {
            QueryTarget.Parse(condition);
            return condition;
        }
        catch (QueryException e)
        {
            throw Invalid($"the queryCondition can't be read: {e.Message}");
        }
    }

    private static DateTimeOffset ReadStart(string? start, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(start))
            return now;
        return DateTimeOffset.TryParse(start, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw Invalid($"the startTime '{start}' is no point in time, such as 2026-05-01T12:00:00Z");
    }

    private static int ReadSeconds(JsonNode? seconds) => seconds switch
    {
        null => DefaultSeconds,
        JsonValue value when value.TryGetValue<int>(out var number) && number is >= 0 and <= MostSeconds => number == 0 ? DefaultSeconds : number,
        _ => throw Invalid($"maxExecutionTimeInSeconds is not a whole number from 0 to {MostSeconds}"),
    };

    private static JsonObject ReadUpdate(JsonObject? update, DateTimeOffset now)
    {
        var (tags, desired) = Sections(update ?? []);
        if (tags is null && desired is null)
            throw Invalid("'updateTwin' has neither tags nor properties.desired");
        if (TwinWrite.Patch(Twin.Initial, tags, desired, now).Problem is { } problem)
            throw AcceptedWrite.Refusal(problem);
        return update!.DeepClone().AsObject();
    }

    /// <summary>What an update writes.</summary>
    public static (JsonObject? Tags, JsonObject? Desired) Sections(JsonObject update) =>
        (update["tags"] as JsonObject, (update["properties"] as JsonObject)?["desired"] as JsonObject);

    private DateTimeOffset Time(string name) => DateTimeOffset.Parse((string)Body[name]!, CultureInfo.InvariantCulture);

    private static ServiceException Invalid(string message) => new(ServiceError.ArgumentInvalid, message);
}
