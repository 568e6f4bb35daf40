using Microsoft.Data.Sqlite;

namespace EdgeOperator.Platform.Sqlite;

/// <summary>SQL that is compiled once and run often; its parameters are $1, $2, ….</summary>
public sealed class Statement : IDisposable
{
    private readonly SqliteCommand _command;

    public Statement(SqliteConnection connection, string sql)
    {
        _command = connection.CreateCommand();
        _command.CommandText = sql;
    }

    public SqliteCommand With(ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (i == _command.Parameters.Count)
                _command.Parameters.Add(new SqliteParameter { ParameterName = $"${i + 1}" });
            _command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        return _command;
    }

    public void Dispose() => _command.Dispose();
}
