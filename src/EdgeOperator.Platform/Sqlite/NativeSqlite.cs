using EdgeOperator.Platform.Files;

namespace EdgeOperator.Platform.Sqlite;

/// <summary>The native SQLite of the single file on Linux.</summary>
public static class NativeSqlite
{
    public static void Offer() => MemoryLibrary.Offer(typeof(NativeSqlite).Assembly, "libe_sqlite3.so", name => name == "e_sqlite3");
}
