using EdgeOperator.Core.Kinds.SystemUpdate;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.SystemUpdate.Packages;

/// <summary>The transaction under way, or the last one, on the disk: what survives everything.</summary>
internal sealed class TransactionFile(string folder)
{
    private readonly string _path = Path.Combine(folder, "transaction.json");
    private readonly string _planned = Path.Combine(folder, "planned.json");

    /// <summary>Null when there was none, or nothing of it can be read any more.</summary>
    public PackageTransaction? Read() => StateFile.ReadEither(_path, TransactionJson.Default.PackageTransaction, out _);

    /// <exception cref="IOException">The disk is full or failed.</exception>
    public PackageTransaction Write(PackageTransaction transaction)
    {
        StateFile.WriteTwice(_path, transaction, TransactionJson.Default.PackageTransaction);
        return transaction;
    }

    /// <summary>What is to be fetched; null when nothing is.</summary>
    public PackageTransaction? ReadPlanned() => StateFile.Read(_planned, TransactionJson.Default.PackageTransaction, out _);

    /// <exception cref="IOException">The disk is full or failed.</exception>
    public void WritePlanned(PackageTransaction transaction) => StateFile.Write(_planned, transaction, TransactionJson.Default.PackageTransaction);
}
