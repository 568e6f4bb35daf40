using System.Text;
using EdgeOperator.Cli;
using EdgeOperator.Cli.Output;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Cli;

/// <summary><c>edgeop hub</c> with a home of its own.</summary>
internal sealed class HubCommandLine : IDisposable
{
    private readonly TempFolder _home = new("home");

    public string LoginFile => Path.Combine(_home, ".config/edgeop/hub.json");

    /// <param name="stdin">Passwords among it.</param>
    /// <param name="width">Columns of a terminal; null for a pipe.</param>
    public Task<(int ExitCode, string Out, string Error)> RunAsync(string[] arguments, string stdin = "", int? width = null, CancellationToken cancellation = default) =>
        EdgeopAsync(["hub", .. arguments], stdin, width, cancellation);

    /// <summary>Any command of <c>edgeop</c>.</summary>
    public async Task<(int ExitCode, string Out, string Error)> EdgeopAsync(string[] arguments, string stdin = "", int? width = null, CancellationToken cancellation = default)
    {
        using var output = new MemoryStream();
        var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal
        {
            Stdin = new MemoryStream(Encoding.UTF8.GetBytes(stdin)),
            Stdout = output,
            Stderr = error,
            IsInteractive = width is not null,
            Width = () => width ?? 120,
            Variable = Variable,
        };
        var code = await new EdgeopCommand(terminal).RunAsync(arguments, cancellation);
        return (code, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    /// <summary>Begins a verb of <c>edgeop hub</c> that somebody types at.</summary>
    public TypedVerb BeginTyped(params string[] arguments) => new(["hub", .. arguments], Variable);

    public async Task<string> OkAsync(params string[] arguments)
    {
        var (code, output, error) = await RunAsync(arguments);
        code.Should().Be(0, error);
        return output;
    }

    public void Dispose() => _home.Dispose();

    private string? Variable(string name) => name == "HOME" ? _home.Path : null;
}
