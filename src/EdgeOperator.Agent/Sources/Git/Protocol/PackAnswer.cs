using System.Text;
using EdgeOperator.Git;

namespace EdgeOperator.Agent.Sources.Git.Protocol;

/// <summary>What a server sent of objects.</summary>
/// <param name="Shallow">Commits that came without their history.</param>
/// <param name="Unshallow">Commits whose history is here now.</param>
/// <param name="Pack">As <c>git index-pack --fix-thin</c> takes it.</param>
internal sealed record PackAnswer(IReadOnlyCollection<string> Shallow, IReadOnlyCollection<string> Unshallow, ReadOnlyMemory<byte> Pack)
{
    private const string ShallowInfo = "shallow-info";
    private const string PackFile = "packfile";

    private const byte PackBand = 1;
    private const byte ProgressBand = 2;

    /// <summary>Reads an answer: sections, each with its name as the first line. Source: gitprotocol-v2(5), fetch.</summary>
    /// <exception cref="GitProtocolException">It is something else, or has been cut off.</exception>
    public static PackAnswer Read(ReadOnlyMemory<byte> answer)
    {
        var (shallow, unshallow, pack) = (new List<string>(), new List<string>(), new MemoryStream());
        string? section = null;
        var isComplete = false;
        foreach (var packet in PktLine.Read(answer))
        {
            if (isComplete)
                throw new GitProtocolException("something follows the pack");

            switch (packet.Kind)
            {
                case PktLineKind.Flush:
                    isComplete = true;
                    break;
                case PktLineKind.Delimiter:
                    section = null;
                    break;
                case PktLineKind.Data when section is null:
                    section = NameOf(packet.ReadAnswer());
                    break;
                case PktLineKind.Data when section == ShallowInfo:
                    AddCommit(packet.Text, shallow, unshallow);
                    break;
                case PktLineKind.Data:
                    AddPack(packet.Content, pack);
                    break;
                default:
                    throw new GitProtocolException("a packet stands where none may");
            }
        }

        return isComplete && pack.Length > 0 ? new(shallow, unshallow, pack.ToArray()) : throw new GitProtocolException("the pack is cut off");
    }

    private static string NameOf(string line) => line switch
    {
        ShallowInfo or PackFile => line,
        _ => throw new GitProtocolException("the answer has a section that was not asked for"),
    };

    private static void AddCommit(string line, List<string> shallow, List<string> unshallow)
    {
        if (line.Split(' ') is not [var state and ("shallow" or "unshallow"), var id] || !RemoteRef.IsObjectId(id))
            throw new GitProtocolException("the answer names a commit that is none");
        (state == "shallow" ? shallow : unshallow).Add(id);
    }

    // The first byte says what the others are: the pack, what the server is doing, or why it stops.
    private static void AddPack(ReadOnlyMemory<byte> content, MemoryStream pack)
    {
        var bytes = content.Span;
        if (bytes is [PackBand, .. var part])
            pack.Write(part);
        else if (bytes is not [ProgressBand, ..])
            throw new GitProtocolException(bytes.IsEmpty ? "a packet is empty" : Encoding.UTF8.GetString(bytes[1..]).TrimEnd('\n'));
    }
}
