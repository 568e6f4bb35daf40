using System.Globalization;
using System.Text;

namespace EdgeOperator.Git;

/// <summary>Objects of a repository, read from <c>git cat-file --batch</c> (https://git-scm.com/docs/git-cat-file#_batch_output) in the order in which they are asked for.</summary>
/// <param name="input">The program's; not closed here.</param>
/// <param name="output">The program's; not closed here.</param>
internal sealed class GitObjects(Stream input, BufferedStream output)
{
    // A name, a type and a size.
    private const int MaxHeader = 256;

    /// <summary>Reads objects without waiting for one before the next is asked for.</summary>
    /// <param name="names">Ids, or expressions without white space such as <c>ID^{tree}</c>.</param>
    /// <param name="check">Is shown each object's type and size in bytes before its content is read; null for an object that is not there. Throws where it is not acceptable.</param>
    /// <returns>The contents in the order of the names.</returns>
    /// <exception cref="FetchException">The repository is damaged.</exception>
    public async Task<byte[][]> ReadAsync(IReadOnlyList<string> names, Action<int, GitObjectHeader?> check, CancellationToken cancellation)
    {
        // Beside reading: git stops to read while it waits to be read.
        var asking = AskAsync(names, cancellation);
        var contents = new byte[names.Count][];
        for (var i = 0; i < names.Count; i++)
        {
            var header = await ReadHeaderAsync(cancellation);
            check(i, header);
            contents[i] = new byte[header?.Size ?? 0];
            await output.ReadExactlyAsync(contents[i], cancellation);
            if (header is not null)
                await output.ReadExactlyAsync(new byte[1], cancellation);
        }

        await asking;
        return contents;
    }

    private async Task AskAsync(IReadOnlyList<string> names, CancellationToken cancellation)
    {
        try
        {
            await input.WriteAsync(Encoding.ASCII.GetBytes(string.Concat(names.Select(name => name + '\n'))), cancellation);
            await input.FlushAsync(cancellation);
        }
        catch (IOException)
        {
            // The program ended without reading all of it; what it printed tells.
        }
    }

    // "id type size", or "name missing". Nothing when git has found the object damaged, and ended.
    private async Task<GitObjectHeader?> ReadHeaderAsync(CancellationToken cancellation)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await output.ReadAsync(one, cancellation) == 1 && one[0] != '\n' && line.Length < MaxHeader)
            line.Append((char)one[0]);

        return line.ToString().Split(' ') is [var id, var type, var digits] && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            ? new(id, type, size)
            : null;
    }
}

/// <param name="Type">As Git names it: <c>blob</c>, <c>tree</c>, <c>commit</c> or <c>tag</c>.</param>
/// <param name="Size">In bytes.</param>
internal readonly record struct GitObjectHeader(string Id, string Type, long Size);
