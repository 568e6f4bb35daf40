using EdgeOperator.Platform.Sqlite;
using Microsoft.Data.Sqlite;

namespace EdgeOperator.Hub.Storage.Sqlite;

/// <summary>A connection and its statements, each compiled once. One thread at a time.</summary>
internal sealed class SqliteSession(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);

    /// <returns>Rows that were changed.</returns>
    public int Execute(string sql, params ReadOnlySpan<object?> values) => Prepare(sql).With(values).ExecuteNonQuery();

    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> values)
    {
        var rows = new List<T>();
        using var reader = Prepare(sql).With(values).ExecuteReader();
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }

    public long Number(string sql, params ReadOnlySpan<object?> values) => Query(sql, reader => reader.GetInt64(0), values)[0];

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();
        connection.Dispose();
    }

    private Statement Prepare(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
            _statements[sql] = statement = new(connection, sql);
        return statement;
    }
}
