using EdgeOperator.Git;

namespace EdgeOperator.Agent.Sources.Git.Protocol;

/// <summary>What a server can do.</summary>
/// <param name="Format">The format of object ids that requests name, <c>sha1</c> or <c>sha256</c>; null when the server names none.</param>
/// <param name="HasShallow">It can send commits without their history.</param>
/// <param name="HasFilter">It can leave objects out.</param>
internal readonly record struct ServerCapabilities(string? Format, bool HasShallow, bool HasFilter);

/// <summary>The messages of Git's protocol v2 that list a server's refs. Source: gitprotocol-v2(5) and gitprotocol-http(5).</summary>
internal static class LsRefs
{
    private const string Command = "ls-refs";
    private const string Announcement = "# service=git-upload-pack";
    private const string Format = "object-format=";
    private const string Fetch = "fetch=";
    private const string PeeledTo = "peeled:";

    /// <summary>Reads what a server says that it can do.</summary>
    /// <exception cref="GitProtocolException">It does not speak version 2, or has no <c>ls-refs</c>.</exception>
    public static ServerCapabilities ReadCapabilities(ReadOnlyMemory<byte> advertisement)
    {
        var packets = PktLine.Read(advertisement).ToList();

        // Some servers announce the service first, as version 0 demands.
        if (packets is [{ Kind: PktLineKind.Data } first, { Kind: PktLineKind.Flush }, ..] && first.Text == Announcement)
            packets.RemoveRange(0, 2);

        if (packets is not [{ Kind: PktLineKind.Data } version, .. var capabilities, { Kind: PktLineKind.Flush }] || version.Text != "version 2")
            throw new GitProtocolException("the server does not speak version 2 of Git's protocol");

        var names = capabilities.Select(Text).ToArray();
        if (!names.Any(name => name == Command || name.StartsWith(Command + '=', StringComparison.Ordinal)))
            throw new GitProtocolException($"the server has no {Command}");

        var format = names.FirstOrDefault(name => name.StartsWith(Format, StringComparison.Ordinal))?[Format.Length..];
        if (format is not (null or "sha1" or "sha256"))
            throw new GitProtocolException("the server's object format is unknown");

        var fetch = names.FirstOrDefault(name => name.StartsWith(Fetch, StringComparison.Ordinal))?[Fetch.Length..].Split(' ') ?? [];
        return new(format, fetch.Contains("shallow"), fetch.Contains("filter"));
    }

    /// <summary>The request for the refs whose names begin with one of the prefixes, and for what annotated tags lead to.</summary>
    /// <param name="format">As the server named it.</param>
    public static byte[] Request(string? format, IEnumerable<string> prefixes) => PktLine.Write(
    [
        PktLine.Of($"command={Command}\n"),
        .. format is null ? (PktLine[])[] : [PktLine.Of($"{Format}{format}\n")],
        PktLine.Delimiter,
        PktLine.Of("peel\n"),
        .. prefixes.Select(prefix => PktLine.Of($"ref-prefix {prefix}\n")),
        PktLine.Flush,
    ]);

    /// <summary>Reads the answer.</summary>
    /// <returns>The id of each ref by its full name; what an annotated tag leads to has its name and <c>^{}</c>.</returns>
    /// <exception cref="GitProtocolException">It is something else, or has been cut off.</exception>
    public static Dictionary<string, string> ReadRefs(ReadOnlyMemory<byte> answer)
    {
        var refs = new Dictionary<string, string>(StringComparer.Ordinal);
        var isComplete = false;
        foreach (var packet in PktLine.Read(answer))
        {
            if (isComplete)
                throw new GitProtocolException("something follows the list of refs");

            if (packet.Kind == PktLineKind.Flush)
                isComplete = true;
            else
                Add(refs, Text(packet));
        }

        return isComplete ? refs : throw new GitProtocolException("the list of refs is cut off");
    }

    // obj-id SP refname *(SP attribute), and "unborn" in place of an id for a HEAD without a commit.
    private static void Add(Dictionary<string, string> refs, string line)
    {
        var words = line.Split(' ');
        if (words is not [var id, { Length: > 0 } name, .. var attributes] || line.Any(char.IsControl))
            throw new GitProtocolException("the list of refs has a line that is none");
        if (id == "unborn")
            return;

        refs[name] = Checked(id);
        if (attributes.FirstOrDefault(attribute => attribute.StartsWith(PeeledTo, StringComparison.Ordinal)) is { } peeled)
            refs[name + RemoteRef.Peeled] = Checked(peeled[PeeledTo.Length..]);
    }

    private static string Checked(string id) => RemoteRef.IsObjectId(id) ? id : throw new GitProtocolException("the list of refs has an id that is none");

    private static string Text(PktLine packet) => packet switch
    {
        { Kind: not PktLineKind.Data } => throw new GitProtocolException("a packet stands where none may"),
        _ => packet.ReadAnswer(),
    };
}
