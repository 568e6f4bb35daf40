using System.IO.Pipelines;
using System.Text;
using EdgeOperator.Cli;
using EdgeOperator.Cli.Output;
using EdgeOperator.Platform.Streams;

namespace EdgeOperator.Hub.Tests.Cli;

/// <summary>A verb with a keyboard.</summary>
internal sealed class TypedVerb
{
    private readonly Pipe _keys = new();
    private readonly ShownText _shown = new();

    public TypedVerb(string[] arguments, Func<string, string?> variable) => Code = new EdgeopCommand(new Terminal
    {
        Stdin = _keys.Reader.AsStream(),
        HasKeyboard = true,
        Stdout = _shown,
        Stderr = TextWriter.Null,
        Variable = variable,
    }).RunAsync(arguments, CancellationToken.None);

    /// <summary>The exit code, once it has ended.</summary>
    public Task<int> Code { get; }

    /// <summary>What it has printed so far.</summary>
    public string Shown => _shown.Text;

    public async Task TypeAsync(string text) => await _keys.Writer.WriteAsync(Encoding.UTF8.GetBytes(text));

    private sealed class ShownText : WriteOnlyStream
    {
        private readonly Lock _lock = new();
        private readonly StringBuilder _text = new();

        public string Text
        {
            get
            {
                lock (_lock)
                    return _text.ToString();
            }
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            lock (_lock)
                _text.Append(Encoding.UTF8.GetString(buffer.Span));
            return ValueTask.CompletedTask;
        }
    }
}
