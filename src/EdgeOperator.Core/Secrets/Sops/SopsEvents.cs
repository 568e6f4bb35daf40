using EdgeOperator.Core.Manifests.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace EdgeOperator.Core.Secrets.Sops;

/// <summary>Rewrites a YAML text event by event: values and comments with the path of keys that leads to them, and the <c>sops</c> block.</summary>
internal sealed class SopsEvents(string yaml)
{
    private const string CommentMark = "# ENC[AES256_GCM,";

    private readonly List<ParsingEvent> _output = [];
    private readonly List<string> _path = [];
    private Queue<ParsingEvent> _input = [];

    /// <summary>Another value for one with the given path.</summary>
    public Func<Scalar, IReadOnlyList<string>, Scalar> Value { get; init; } = (scalar, _) => scalar;

    /// <summary>Another comment for one that stands at the given path.</summary>
    public Func<string, IReadOnlyList<string>, string> Comment { get; init; } = (text, _) => text;

    /// <summary>Another <c>sops</c> block for that of a document; null to leave it out.</summary>
    public Func<SopsBlock, SopsBlock?> Block { get; init; } = block => block;

    /// <summary>The <c>sops</c> block that each document gets at its end, asked for once all values have been rewritten; null for none.</summary>
    public Func<SopsBlock>? NewBlock { get; init; }

    public static Scalar Quoted(string text) => new(AnchorName.Empty, TagName.Empty, text, ScalarStyle.DoubleQuoted, isPlainImplicit: false, isQuotedImplicit: true);

    public static Scalar Literal(string text) => new(AnchorName.Empty, TagName.Empty, text, ScalarStyle.Literal, isPlainImplicit: false, isQuotedImplicit: true);

    /// <exception cref="SecretFormatException">The text is not YAML, or holds what an encrypted file can't.</exception>
    public string Rewrite()
    {
        try
        {
            _input = new(Parse());
            while (_input.Count > 0)
                Next();
            var block = NewBlock?.Invoke();
            return Write(block is null ? _output : [.. _output.SelectMany(e => e is EndOfDocument ? [new Scalar(SopsMetadata.Key), .. block.Events(), new MappingEnd()] : (IEnumerable<ParsingEvent>)[e])]);
        }
        catch (Exception e) when (e is not SecretFormatException)
        {
            // The parser's own message may quote the text; on some broken input it fails with whatever it trips over.
            throw new SecretFormatException(SecretFailure.Malformed, e is YamlException { Start.Line: var line } ? $"not valid YAML near line {line}" : "not valid YAML");
        }
    }

    private List<ParsingEvent> Parse()
    {
        if (yaml.Length > Limits.FileSize)
            throw new SecretFormatException(SecretFailure.Malformed, $"it is larger than {Limits.FileSize / 1024 / 1024} MiB");
        var events = new List<ParsingEvent>();
        var parser = new Parser(new Scanner(new StringReader(yaml), skipComments: false));
        while (parser.MoveNext())
            events.Add(parser.Current!);
        return events;
    }

    private void Next()
    {
        var current = _input.Dequeue();
        if (current is MappingStart start && _path.Count == 0)
            Root(start);
        else if (current is SequenceStart or Scalar { Value.Length: > 0 })
            throw new SecretFormatException(SecretFailure.Malformed, $"the document at line {current.Start.Line} is no mapping");
        else if (current is Comment comment)
            Rewrite(comment);
        else
            _output.Add(current);
    }

    private void Root(MappingStart start)
    {
        _output.Add(Checked(start));
        while (Peek() is not MappingEnd)
        {
            var key = Key();
            if (key.Value == SopsMetadata.Key)
            {
                if (Block(OldBlock()) is { } block)
                    _output.AddRange([key, .. block.Events()]);
                continue;
            }

            _output.Add(key);
            Below(key.Value);
        }

        _input.Dequeue();
        _output.Add(NewBlock is null ? new MappingEnd() : new EndOfDocument());
    }

    private SopsBlock OldBlock()
    {
        var block = new SopsBlock();
        if (_input.Dequeue() is not MappingStart)
            throw new SecretFormatException(SecretFailure.Malformed, "`sops` is no mapping");
        while (_input.Peek() is not MappingEnd)
        {
            if (_input.Dequeue() is not Scalar key)
                continue;
            var depth = 0;
            var value = new List<ParsingEvent>();
            do
            {
                var part = _input.Dequeue();
                depth += part.NestingIncrease;
                if (part is not YamlDotNet.Core.Events.Comment)
                    value.Add(part);
            }
            while (depth > 0 || value.Count == 0);
            block = block.With(key.Value, value);
        }

        _input.Dequeue();
        return block;
    }

    private void Below(string key)
    {
        _path.Add(key);
        Node();
        _path.RemoveAt(_path.Count - 1);
    }

    private void Node()
    {
        if (_path.Count > Limits.Depth)
            throw new SecretFormatException(SecretFailure.Malformed, $"more than {Limits.Depth} mappings stand inside one another");
        Peek();
        var start = _input.Dequeue();
        switch (start)
        {
            case Scalar scalar:
                _output.Add(Value(IsNothing(Checked(scalar)) ? new Scalar("null") : scalar, _path));
                break;
            case MappingStart map:
                _output.Add(Checked(map));
                while (Peek() is not MappingEnd)
                {
                    var key = Key();
                    _output.Add(key);
                    Below(key.Value);
                }

                _output.Add(_input.Dequeue());
                break;
            case SequenceStart list:
                _output.Add(new SequenceStart(Checked(list).Anchor, list.Tag, isImplicit: true, SequenceStyle.Block));
                while (Peek() is not SequenceEnd)
                    Node();
                _output.Add(_input.Dequeue());
                break;
            default:
                throw new SecretFormatException(SecretFailure.Malformed, $"aliases can't be encrypted (line {start.Start.Line}): write the value out");
        }
    }

    private Scalar Key() => _input.Dequeue() is Scalar { Value: not "<<" } key
        ? key
        : throw new SecretFormatException(SecretFailure.Malformed, "a key must be a plain word, and `<<` can't be encrypted");

    /// <summary>The next event that is no comment.</summary>
    private ParsingEvent Peek()
    {
        while (_input.Peek() is Comment comment)
        {
            _input.Dequeue();
            Rewrite(comment);
        }

        return _input.Peek();
    }

    private void Rewrite(Comment comment) => _output.Add(new Comment(Comment(comment.Value, _path), comment.IsInline));

    // The emitter would make an empty text of it.
    private static bool IsNothing(Scalar scalar) => scalar is { Value: "", Style: ScalarStyle.Plain };

    private static MappingStart Checked(MappingStart start)
    {
        Checked((NodeEvent)start);
        return new(AnchorName.Empty, TagName.Empty, isImplicit: true, MappingStyle.Block);
    }

    private static T Checked<T>(T start)
        where T : NodeEvent =>
        start.Anchor.IsEmpty && (start.Tag.IsEmpty || start.Tag.IsNonSpecific)
            ? start
            : throw new SecretFormatException(SecretFailure.Malformed, $"anchors and tags can't be encrypted (line {start.Start.Line}): write the value out");

    private static string Write(IEnumerable<ParsingEvent> events)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(text, new EmitterSettings(bestIndent: 2, bestWidth: int.MaxValue, isCanonical: false, maxSimpleKeyLength: 1024));
        foreach (var e in events)
            emitter.Emit(e);

        // SOPS expects an encrypted comment right behind its mark.
        return text.ToString().Replace(CommentMark, CommentMark.Replace("# ", "#", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    /// <summary>Stands where a document's mapping ends, until the block is known.</summary>
    private sealed class EndOfDocument : MappingEnd;
}
