using System.Text;
using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli.Hub;

/// <summary>Asks for passwords: without an echo where there is a keyboard, otherwise a line of standard input each.</summary>
internal sealed class SecretPrompt(Terminal terminal) : IDisposable
{
    private readonly StreamReader? _lines = terminal.HasKeyboard ? null : new(terminal.Stdin, Encoding.UTF8);

    /// <exception cref="UserError">There is none.</exception>
    public async Task<string> AskAsync(string what, CancellationToken cancellation)
    {
        var given = _lines is not null ? await _lines.ReadLineAsync(cancellation) : Type(what);
        return given is { Length: > 0 } ? given : throw UserError.Invalid($"no password was given ({what}): type it, or pass it on standard input");
    }

    public void Dispose() => _lines?.Dispose();

    private string Type(string what)
    {
        terminal.Error.Write($"{what}: ");
        var typed = new StringBuilder();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            switch (key.Key)
            {
                case ConsoleKey.Enter:
                    terminal.Error.WriteLine();
                    return typed.ToString();
                case ConsoleKey.Backspace:
                    typed.Length = Math.Max(0, typed.Length - 1);
                    break;
                default:
                    if (!char.IsControl(key.KeyChar))
                        typed.Append(key.KeyChar);
                    break;
            }
        }
    }
}
