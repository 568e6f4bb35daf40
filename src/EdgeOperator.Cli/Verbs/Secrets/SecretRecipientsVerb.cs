using System.CommandLine;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Core.Secrets.Age;
using EdgeOperator.Core.Secrets.Sops;

namespace EdgeOperator.Cli.Verbs.Secrets;

internal sealed class SecretRecipientsVerb : Verb
{
    private readonly Argument<string> _file = new Argument<string>("FILE") { Description = "An encrypted file" }.Suggest(Suggestions.Paths);
    private readonly RecipientOptions _added = new();
    private readonly Option<string[]> _removed = new("--remove") { Description = "A recipient that gets no new version of the file; may be given again", HelpName = "AGE1…" };
    private readonly Option<string?> _identity = new Option<string?>("--identity") { Description = "A file with the identity that opens it (default: as SOPS finds it)", HelpName = "FILE" }.Suggest(Suggestions.Paths);

    public SecretRecipientsVerb()
        : base("recipients", "For whom a file is encrypted; with recipients or --remove, encrypt its key for others as well, or no longer")
    {
        Add(_file);
        _added.AddTo(this);
        Add(_removed);
        Add(_identity);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var file = call.Get(_file)!;
        var text = SecretFile.Read(file);
        var names = SecretFile.Try(file, () => SopsWriter.RecipientsOf(text));
        var added = await _added.ReadAsync(call, cancellation);
        var removed = call.Get(_removed) ?? [];
        if (added.Count > 0 || removed.Length > 0)
        {
            var unknown = removed.FirstOrDefault(name => !names.Contains(name));
            if (unknown is not null)
                throw UserError.Invalid($"{file} is not encrypted for {unknown}");
            var identities = SecretFile.Identities(call, call.Get(_identity));
            AgeRecipient[] kept = [.. names.Except(removed).Select(name => AgeRecipient.Parse(name) ?? throw new UserError(ExitCode.Failed, $"{file} has the recipient {name}, which only SOPS can write: use `sops updatekeys`"))];
            SecretFile.Write(file, SecretFile.Try(file, () => SopsWriter.Rewrap(text, identities, [.. kept.Union(added)])));
            names = [.. kept.Union(added).Select(recipient => recipient.ToString())];
            if (removed.Length > 0)
                call.Errors.Warn(["who was removed still has the values of earlier commits: `edgeop secret rotate` gives the file another key, and what was secret needs another value"]);
        }

        if (call.Printer.IsDocument)
            call.Printer.Print((JsonNode)new JsonArray([.. names.Select(name => (JsonNode)name)]));
        else
            call.Printer.Out.Write(string.Concat(names.Select(name => name + "\n")));
        return ExitCode.Done;
    }
}
