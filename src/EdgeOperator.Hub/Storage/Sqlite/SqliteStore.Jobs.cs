using static EdgeOperator.Hub.Storage.StoredRows;

namespace EdgeOperator.Hub.Storage.Sqlite;

internal sealed partial class SqliteStore
{
    public Task AddDeviceJobsAsync(string jobId, IReadOnlyCollection<string> targets, DateTimeOffset now, CancellationToken cancellation) => WriteAsync(
        session => targets.Sum(target => session.Execute(
            "INSERT INTO device_jobs (job_id, device_id, status, created, updated) VALUES ($1, $2, $3, $4, $4) ON CONFLICT DO NOTHING",
            jobId, target, (int)DeviceJobStatus.Pending, Ticks(now))),
        cancellation);

    public Task<DeviceJob?> FindDeviceJobAsync(string jobId, string target, CancellationToken cancellation) => ReadAsync(
        session => session.Query($"{StoredRows.DeviceJobs} WHERE job_id = $1 AND device_id = $2", ReadDeviceJob, jobId, target).FirstOrDefault(), cancellation);

    public Task<IReadOnlyList<DeviceJob>> ListDeviceJobsAsync(string jobId, DeviceJobStatus status, string after, int limit, CancellationToken cancellation) => ReadAsync<IReadOnlyList<DeviceJob>>(
        session => session.Query($"{StoredRows.DeviceJobs} WHERE job_id = $1 AND status = $2 AND device_id > $3 ORDER BY device_id LIMIT $4", ReadDeviceJob, jobId, (int)status, after, limit),
        cancellation);

    public Task<IReadOnlyList<DeviceJob>> ScanDeviceJobsAsync((string JobId, string Target)? after, int limit, CancellationToken cancellation) => ReadAsync<IReadOnlyList<DeviceJob>>(
        session => session.Query($"{StoredRows.DeviceJobs} WHERE (job_id, device_id) > ($1, $2) ORDER BY job_id, device_id LIMIT $3", ReadDeviceJob, after?.JobId ?? "", after?.Target ?? "", limit),
        cancellation);

    public Task<IReadOnlyDictionary<DeviceJobStatus, int>> CountDeviceJobsAsync(string jobId, CancellationToken cancellation) => ReadAsync<IReadOnlyDictionary<DeviceJobStatus, int>>(
        session => session.Query(
            "SELECT status, COUNT(*) FROM device_jobs WHERE job_id = $1 GROUP BY status",
            reader => KeyValuePair.Create((DeviceJobStatus)reader.GetInt32(0), reader.GetInt32(1)), jobId).ToDictionary(),
        cancellation);

    public Task<bool> WriteDeviceJobAsync(DeviceJob job, DeviceJobStatus expected, CancellationToken cancellation) =>
        WriteAsync(session => WriteDeviceJob(session, job, expected), cancellation);

    public Task EndDeviceJobsAsync(string jobId, DeviceJobStatus from, DeviceJobStatus to, string? error, DateTimeOffset now, CancellationToken cancellation) => WriteAsync(
        session => session.Execute(
            "UPDATE device_jobs SET status = $3, error = $4, updated = $5, ended = $5 WHERE job_id = $1 AND status = $2", jobId, (int)from, (int)to, error, Ticks(now)),
        cancellation);

    public Task RemoveDeviceJobsAsync(string jobId, CancellationToken cancellation) =>
        WriteAsync(session => session.Execute("DELETE FROM device_jobs WHERE job_id = $1", jobId), cancellation);

    private static bool WriteDeviceJob(SqliteSession session, DeviceJob job, DeviceJobStatus expected) => session.Execute(
        "UPDATE device_jobs SET status = $3, updated = $4, started = $5, ended = $6, outcome = $7, error = $8 WHERE job_id = $1 AND device_id = $2 AND status = $9",
        job.JobId, job.Target, (int)job.Status, Ticks(job.Updated), job.Started?.UtcTicks, job.Ended?.UtcTicks, job.Outcome, job.Error, (int)expected) > 0;
}
