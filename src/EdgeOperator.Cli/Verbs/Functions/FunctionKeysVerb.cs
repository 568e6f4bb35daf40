using System.CommandLine;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Cli.Output;
using EdgeOperator.Core.Protocol.Functions;

namespace EdgeOperator.Cli.Verbs.Functions;

/// <summary>The verbs for an app's keys; nothing by itself.</summary>
internal sealed class FunctionKeysVerb : Command
{
    private const string Scopes = "master, host, system, or a function's name";

    public FunctionKeysVerb()
        : base("keys", "An app's keys: what opens its functions")
    {
        Add(new ListVerb());
        Add(new CreateVerb());
        Add(new RotateVerb());
        Add(new DeleteVerb());
    }

    private static Argument<string> App() => new Argument<string>("APP") { Description = "Whose keys" }.Suggest(Suggestions.Apps);

    /// <summary>A key is printed once, alone on standard output, so that a script can keep it.</summary>
    private static int Print(Call call, string app, KeyReport key)
    {
        if (call.Printer.IsDocument)
        {
            call.Printer.Print(Documents.Of(key));
            return ExitCode.Done;
        }

        call.Terminal.Error.WriteLine($"The key {key.Name} ({key.Scope}) of {app}; it is not shown again:");
        call.Printer.Out.WriteLine(key.Value);
        return ExitCode.Done;
    }

    private sealed class ListVerb : Verb
    {
        private readonly Argument<string> _app = App();

        public ListVerb()
            : base("list", "Names of keys; their values are kept as hashes only") => Add(_app);

        public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
        {
            using var agent = call.Agent();
            var keys = await agent.GetKeysAsync(FunctionName.App(call.Get(_app)!), cancellation);
            if (call.Printer.IsDocument)
            {
                call.Printer.Print(Documents.Of(keys));
                return ExitCode.Done;
            }

            var grid = new Grid("SCOPE", "NAME");
            foreach (var key in keys)
                grid.Add(key.Scope, new(key.Name, Tone.Strong));
            call.Printer.Print(grid);
            return ExitCode.Done;
        }
    }

    private sealed class CreateVerb : Verb
    {
        private readonly Argument<string> _app = App();
        private readonly Argument<string> _scope = new("SCOPE") { Description = $"What it opens: {Scopes}" };
        private readonly Argument<string> _name = new("NAME") { Description = "Its name" };
        private readonly Option<string?> _value = new Option<string?>("--value-file") { Description = "A file with its value (default: one is made up)", HelpName = "FILE" }
            .Suggest(Suggestions.Paths);

        public CreateVerb()
            : base("create", "Make a key, and print it once")
        {
            Add(_app);
            Add(_scope);
            Add(_name);
            Add(_value);
        }

        public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
        {
            var (app, scope, name) = (FunctionName.App(call.Get(_app)!), call.Get(_scope)!, call.Get(_name)!);
            using var agent = call.Agent();
            if ((await agent.GetKeysAsync(app, cancellation)).Any(k => Same(k.Scope, scope) && Same(k.Name, name)))
                throw new UserError(ExitCode.Failed, $"{app} has a key {name} ({scope}) already: `edgeop function keys rotate` gives it another value");
            return Print(call, app, await agent.SetKeyAsync(app, scope, name, await ReadAsync(call.Get(_value), cancellation), cancellation));
        }

        private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

        private static async Task<string?> ReadAsync(string? file, CancellationToken cancellation) =>
            file is null ? null : (await File.ReadAllTextAsync(file, cancellation)).TrimEnd('\r', '\n');
    }

    private sealed class RotateVerb : Verb
    {
        private readonly Argument<string> _app = App();
        private readonly Argument<string> _scope = new("SCOPE") { Description = $"What it opens: {Scopes}" };
        private readonly Argument<string?> _name = new("NAME") { Arity = ArgumentArity.ZeroOrOne, Description = "Its name; the master key needs none" };

        public RotateVerb()
            : base("rotate", "Give a key another value, and print it once; the old one opens nothing any more")
        {
            Add(_app);
            Add(_scope);
            Add(_name);
        }

        public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
        {
            var (app, scope) = (FunctionName.App(call.Get(_app)!), call.Get(_scope)!);
            var isMaster = scope.Equals("master", StringComparison.OrdinalIgnoreCase);
            var name = call.Get(_name) ?? (isMaster ? "master" : throw UserError.Invalid("NAME is missing: `edgeop function keys list` has the names"));
            using var agent = call.Agent();
            if (!isMaster && !(await agent.GetKeysAsync(app, cancellation)).Any(k => k.Scope.Equals(scope, StringComparison.OrdinalIgnoreCase) && k.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
                throw new UserError(ExitCode.Failed, $"{app} has no key {name} ({scope}): `edgeop function keys list {app}` has them all");
            return Print(call, app, await agent.SetKeyAsync(app, scope, name, null, cancellation));
        }
    }

    private sealed class DeleteVerb : Verb
    {
        private readonly Argument<string> _app = App();
        private readonly Argument<string> _scope = new("SCOPE") { Description = $"What it opens: {Scopes}" };
        private readonly Argument<string> _name = new("NAME") { Description = "Its name" };

        public DeleteVerb()
            : base("delete", "Remove a key: it opens nothing any more")
        {
            Add(_app);
            Add(_scope);
            Add(_name);
        }

        public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
        {
            using var agent = call.Agent();
            await agent.DeleteKeyAsync(FunctionName.App(call.Get(_app)!), call.Get(_scope)!, call.Get(_name)!, cancellation);
            return ExitCode.Done;
        }
    }
}
