namespace EdgeOperator.Agent.Sources.Git.Protocol;

/// <summary>What is asked of a server that is to send objects.</summary>
/// <param name="Want">The id of a commit or tag.</param>
/// <param name="Have">A commit that is here; its files and folders are not sent again.</param>
/// <param name="Shallow">Commits that are here without their history.</param>
/// <param name="Depth">Commits of history, from 1.</param>
/// <param name="Filter">What is left out, as <c>git rev-list --filter</c> takes it; null for nothing.</param>
internal sealed record PackQuery(string Want, string Have, IReadOnlyCollection<string> Shallow, int Depth, string? Filter)
{
    /// <summary>The request. Source: gitprotocol-v2(5), fetch.</summary>
    /// <param name="format">Of object ids, as the server named it; null when it named none.</param>
    public byte[] Write(string? format) => PktLine.Write(
    [
        PktLine.Of("command=fetch\n"),
        .. format is null ? (PktLine[])[] : [PktLine.Of($"object-format={format}\n")],
        PktLine.Delimiter,
        PktLine.Of("thin-pack\n"),
        PktLine.Of("no-progress\n"),
        PktLine.Of("ofs-delta\n"),
        .. Shallow.Select(id => PktLine.Of($"shallow {id}\n")),
        PktLine.Of($"deepen {Depth}\n"),
        .. Filter is null ? (PktLine[])[] : [PktLine.Of($"filter {Filter}\n")],
        PktLine.Of($"want {Want}\n"),
        PktLine.Of($"have {Have}\n"),
        PktLine.Of("done\n"),
        PktLine.Flush,
    ]);
}
