using System.Text.Json.Nodes;
using EdgeOperator.Core.Twins;
using EdgeOperator.Hub.Events;
using EdgeOperator.Hub.Methods;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Storage;
using EdgeOperator.Hub.Twins;

namespace EdgeOperator.Hub.Jobs;

/// <summary>
/// What a job does with one device or module. A twin is written together with the note that it was, so once; a method is noted before it is
/// called, so at most once.
/// </summary>
internal sealed class DeviceTasks(IHubStore store, DirectMethods methods, ChangeFeed changes, HubEvents events, TimeProvider time)
{
    /// <summary>Deals with devices at which a hub that has gone was at work.</summary>
    public async Task RecoverAsync(Job job, CancellationToken cancellation)
    {
        var (next, error) = job.Type == Job.DeviceMethod
            ? (DeviceJobStatus.Failed, "JobInterrupted;the hub was stopped while it called the method: whether the device has run it is not known")
            : (DeviceJobStatus.Pending, null);
        await store.EndDeviceJobsAsync(job.Id, DeviceJobStatus.Running, next, error, time.GetUtcNow(), cancellation);
    }

    public async Task RunAsync(Job job, DeviceJob device, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var running = device with { Status = DeviceJobStatus.Running, Started = now, Updated = now, Ended = null };
        if (!await store.WriteDeviceJobAsync(running, DeviceJobStatus.Pending, cancellation))
            return;
        try
        {
            if (job.Type == Job.UpdateTwin)
                await UpdateAsync(job, running, cancellation);
            else
                await InvokeAsync(job, running, cancellation);
        }
        catch (ServiceException e)
        {
            await store.WriteDeviceJobAsync(Ended(running, DeviceJobStatus.Failed, error: $"{e.Error};{e.Message}"), DeviceJobStatus.Running, cancellation);
        }
    }

    private async Task UpdateAsync(Job job, DeviceJob running, CancellationToken cancellation)
    {
        var update = job.Body["updateTwin"]!.AsObject();
        var (tags, desired) = Job.Sections(update);
        var match = ((string?)update["etag"])?.Trim('"');
        var key = running.Key;
        while (true)
        {
            var before = await store.FindTwinAsync(key, cancellation) ?? throw new ServiceException(key.IsModule ? ServiceError.ModuleNotFound : ServiceError.DeviceNotFound, $"{key} is not registered");
            if (match is not (null or "" or "*") && match != before.Twin.ETag)
                throw new ServiceException(ServiceError.PreconditionFailed, $"the twin of {key} has another ETag");
            var now = time.GetUtcNow();
            var written = AcceptedWrite.Of(key, before.Twin, TwinWrite.Patch(before.Twin, tags, desired, now), now);
            if (await store.WriteTwinAsync(key, before.Twin.Version, written.Twin!, written.Notification?.ToJsonString(), Ended(running, DeviceJobStatus.Completed), cancellation))
            {
                changes.Wake();
                events.Add(EventTypes.TwinUpdated, key, $"the twin of {key} was changed by the job {job.Id}", data: AcceptedWrite.VersionsOf(before.Twin, written.Twin!));
                return;
            }

            if (await store.FindDeviceJobAsync(running.JobId, running.Target, cancellation) is not { Status: DeviceJobStatus.Running })
                return;
        }
    }

    private async Task InvokeAsync(Job job, DeviceJob running, CancellationToken cancellation)
    {
        var call = MethodCall.Read(job.Body["cloudToDeviceMethod"]!.AsObject());
        var answer = await call.InvokeAsync(methods, running.Key, cancellation);
        var outcome = new JsonObject { ["deviceMethodResponse"] = answer };
        await store.WriteDeviceJobAsync(Ended(running, DeviceJobStatus.Completed, outcome.ToJsonString()), DeviceJobStatus.Running, cancellation);
    }

    private DeviceJob Ended(DeviceJob running, DeviceJobStatus status, string? outcome = null, string? error = null)
    {
        var now = time.GetUtcNow();
        return running with { Status = status, Updated = now, Ended = now, Outcome = outcome, Error = error };
    }
}
