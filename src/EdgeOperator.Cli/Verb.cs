using System.CommandLine;

namespace EdgeOperator.Cli;

/// <summary>One verb of <c>edgeop</c>: its arguments and options, and what it does with them.</summary>
internal abstract class Verb(string name, string description) : Command(name, description)
{
    /// <summary>Whether it understands <c>-o markdown</c>.</summary>
    public virtual bool PrintsMarkdown => false;

    /// <summary>Parses, calls and prints; returns the exit code. What the user got wrong is thrown as <see cref="UserError"/>.</summary>
    public abstract Task<int> RunAsync(Call call, CancellationToken cancellation);
}
