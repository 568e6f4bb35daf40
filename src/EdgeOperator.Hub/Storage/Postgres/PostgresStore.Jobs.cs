using static EdgeOperator.Hub.Storage.StoredRows;

namespace EdgeOperator.Hub.Storage.Postgres;

internal sealed partial class PostgresStore
{
    public Task AddDeviceJobsAsync(string jobId, IReadOnlyCollection<string> targets, DateTimeOffset now, CancellationToken cancellation) => ExecuteAsync(
        "INSERT INTO device_jobs (job_id, device_id, status, created, updated) SELECT $1, device, $3, $4, $4 FROM unnest($2::text[]) AS device ON CONFLICT DO NOTHING",
        cancellation, jobId, targets.ToArray(), (int)DeviceJobStatus.Pending, Ticks(now));

    public Task<DeviceJob?> FindDeviceJobAsync(string jobId, string target, CancellationToken cancellation) =>
        FirstAsync($"{StoredRows.DeviceJobs} WHERE job_id = $1 AND device_id = $2", ReadDeviceJob, cancellation, jobId, target);

    public async Task<IReadOnlyList<DeviceJob>> ListDeviceJobsAsync(string jobId, DeviceJobStatus status, string after, int limit, CancellationToken cancellation) => await QueryAsync(
        $"{StoredRows.DeviceJobs} WHERE job_id = $1 AND status = $2 AND device_id > $3 ORDER BY device_id LIMIT $4", ReadDeviceJob, cancellation, jobId, (int)status, after, limit);

    public async Task<IReadOnlyList<DeviceJob>> ScanDeviceJobsAsync((string JobId, string Target)? after, int limit, CancellationToken cancellation) => await QueryAsync(
        $"{StoredRows.DeviceJobs} WHERE (job_id, device_id) > ($1, $2) ORDER BY job_id, device_id LIMIT $3", ReadDeviceJob, cancellation, after?.JobId ?? "", after?.Target ?? "", limit);

    public async Task<IReadOnlyDictionary<DeviceJobStatus, int>> CountDeviceJobsAsync(string jobId, CancellationToken cancellation) => (await QueryAsync(
        "SELECT status, count(*) FROM device_jobs WHERE job_id = $1 GROUP BY status",
        reader => KeyValuePair.Create((DeviceJobStatus)reader.GetInt32(0), (int)reader.GetInt64(1)), cancellation, jobId)).ToDictionary();

    public async Task<bool> WriteDeviceJobAsync(DeviceJob job, DeviceJobStatus expected, CancellationToken cancellation) => await ExecuteAsync(
        "UPDATE device_jobs SET status = $4, updated = $5, started = $6, ended = $7, outcome = $8, error = $9 WHERE job_id = $1 AND device_id = $2 AND status = $3",
        cancellation, [job.JobId, job.Target, (int)expected, .. ValuesOf(job)]) > 0;

    public Task EndDeviceJobsAsync(string jobId, DeviceJobStatus from, DeviceJobStatus to, string? error, DateTimeOffset now, CancellationToken cancellation) => ExecuteAsync(
        "UPDATE device_jobs SET status = $3, error = $4, updated = $5, ended = $5 WHERE job_id = $1 AND status = $2", cancellation, jobId, (int)from, (int)to, error, Ticks(now));

    public Task RemoveDeviceJobsAsync(string jobId, CancellationToken cancellation) => ExecuteAsync("DELETE FROM device_jobs WHERE job_id = $1", cancellation, jobId);

    private static object?[] ValuesOf(DeviceJob job) => [(int)job.Status, Ticks(job.Updated), job.Started?.UtcTicks, job.Ended?.UtcTicks, job.Outcome, job.Error];
}
