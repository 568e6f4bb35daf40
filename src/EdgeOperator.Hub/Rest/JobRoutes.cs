using System.Text.Json.Nodes;
using EdgeOperator.Core.Protocol.Hub;
using EdgeOperator.Core.Twins;
using EdgeOperator.Hub.Jobs;
using EdgeOperator.Hub.Methods;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Rest;

/// <summary>Jobs: twin updates and direct methods for many devices, now or later.</summary>
internal sealed class JobRoutes(JobCatalog catalog, JobRunner runner, IHubStore store, TimeProvider time)
{
    private const int MostActive = 100;
    private const int MostListed = 1000;

    public IEnumerable<ServiceRoute> Routes =>
    [
        new("GET", "jobs/v2/query", QueryAsync),
        new("PUT", "jobs/v2/{}", CreateAsync),
        new("GET", "jobs/v2/{}", ReadAsync),
        new("POST", "jobs/v2/{}/cancel", CancelAsync),
        new("POST", "jobs/create", ExchangeAsync),
    ];

    private static Task ExchangeAsync(ServiceRequest request)
    {
        request.Need(Rights.RegistryWrite);
        throw new ServiceException(ServiceError.InvalidOperation, "devices are not imported from or exported to blobs here: POST /devices takes 100 at once");
    }

    private async Task CreateAsync(ServiceRequest request)
    {
        request.Need(Rights.ServiceConnect);
        var id = request.Path[2];
        if (!IdentityName.IsValid(id))
            throw new ServiceException(ServiceError.ArgumentInvalid, $"'{id}' is no name of a job");
        var job = Job.Read(id, await request.BodyAsync(), time.GetUtcNow());
        if (job.Type == Job.DeviceMethod)
            MethodCall.Read(job.Body["cloudToDeviceMethod"]!.AsObject());
        if (await catalog.CountActiveAsync(request.Aborted) >= MostActive)
            throw new ServiceException(ServiceError.ThrottlingMaxActiveJobCountExceeded, $"{MostActive} jobs wait or run already");
        if (!await catalog.WriteAsync(job, null, request.Aborted))
            throw new ServiceException(ServiceError.JobAlreadyExists, $"there is a job {id} already");
        runner.Wake();
        await request.WriteAsync(await DocumentAsync(job, request.Aborted));
    }

    private async Task ReadAsync(ServiceRequest request)
    {
        request.Need(Rights.ServiceConnect | Rights.RegistryRead);
        await request.WriteAsync(await DocumentAsync(await FindAsync(request), request.Aborted));
    }

    private async Task CancelAsync(ServiceRequest request)
    {
        request.Need(Rights.ServiceConnect);
        while (true)
        {
            var job = await FindAsync(request);
            if (!job.IsOver)
            {
                var cancelled = job.With("cancelled", ("endTime", TwinMetadata.Time(time.GetUtcNow())));
                if (!await catalog.WriteAsync(cancelled, job, request.Aborted))
                    continue;
                job = cancelled;
            }

            // Also what a hub that has gone in between has left.
            if (job.Status == "cancelled")
                await store.EndDeviceJobsAsync(job.Id, DeviceJobStatus.Pending, DeviceJobStatus.Canceled, null, time.GetUtcNow(), request.Aborted);
            await request.WriteAsync(await DocumentAsync(job, request.Aborted));
            return;
        }
    }

    private async Task QueryAsync(ServiceRequest request)
    {
        request.Need(Rights.ServiceConnect | Rights.RegistryRead);
        var query = request.Http.Request.Query;
        var (type, status) = (query["jobType"].ToString(), query["jobStatus"].ToString());
        var (items, after) = Paging.Of(request, MostListed);
        var page = new JsonArray();
        var last = after;

        // Where every job is a result, one more than the page has says that there is another one.
        await foreach (var job in catalog.AllAsync(after, request.Aborted, type.Length + status.Length == 0 ? items + 1 : MostListed))
        {
            if ((type.Length > 0 && !job.Type.Equals(type, StringComparison.OrdinalIgnoreCase)) || (status.Length > 0 && !job.Status.Equals(status, StringComparison.OrdinalIgnoreCase)))
                continue;
            if (page.Count == items)
            {
                Paging.Continue(request, last);
                break;
            }

            page.Add(await DocumentAsync(job, request.Aborted));
            last = job.Id;
        }

        request.Http.Response.Headers["x-ms-item-type"] = "JobResponse";
        await request.WriteAsync(page);
    }

    private async Task<Job> FindAsync(ServiceRequest request) =>
        await catalog.FindAsync(request.Path[2], request.Aborted) ?? throw new ServiceException(ServiceError.JobNotFound, $"there is no job {request.Path[2]}");

    private async Task<JsonObject> DocumentAsync(Job job, CancellationToken cancellation)
    {
        var document = job.Body.DeepClone().AsObject();
        document.Remove("hasDevices");
        var counts = await store.CountDeviceJobsAsync(job.Id, cancellation);
        int Count(DeviceJobStatus status) => counts.GetValueOrDefault(status);
        document["deviceJobStatistics"] = new JsonObject
        {
            ["deviceCount"] = counts.Values.Sum(),
            ["failedCount"] = Count(DeviceJobStatus.Failed),
            ["succeededCount"] = Count(DeviceJobStatus.Completed),
            ["runningCount"] = Count(DeviceJobStatus.Running),
            ["pendingCount"] = Count(DeviceJobStatus.Pending),
        };
        return document;
    }
}
