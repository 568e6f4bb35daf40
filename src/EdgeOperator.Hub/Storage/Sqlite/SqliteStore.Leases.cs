namespace EdgeOperator.Hub.Storage.Sqlite;

internal sealed partial class SqliteStore
{
    public Task<LeadershipTerm?> AcquireLeaseAsync(string name, string holder, TimeSpan duration, CancellationToken cancellation) => WriteAsync(
        session => session.Query<LeadershipTerm?>(
            """
            INSERT INTO leases (name, holder, term, until) VALUES ($1, $2, 1, unixepoch('subsec') + $3)
            ON CONFLICT (name) DO UPDATE SET holder = $2, term = CASE WHEN holder = $2 THEN term ELSE term + 1 END, until = unixepoch('subsec') + $3
            WHERE holder = $2 OR until < unixepoch('subsec')
            RETURNING term
            """,
            reader => new(name, reader.GetInt64(0)), name, holder, duration.TotalSeconds).FirstOrDefault(),
        cancellation);

    // Without a holder, so that even the same one gets a new term.
    public Task ReleaseLeaseAsync(string name, string holder, CancellationToken cancellation) =>
        WriteAsync(session => session.Execute("UPDATE leases SET holder = '', until = 0 WHERE name = $1 AND holder = $2", name, holder), cancellation);
}
