using System.CommandLine;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Core.Secrets.Age;
using EdgeOperator.Core.Secrets.Sops;

namespace EdgeOperator.Cli.Verbs.Secrets;

internal sealed class SecretRotateVerb : Verb
{
    private readonly Argument<string[]> _files = new Argument<string[]>("FILE") { Arity = ArgumentArity.OneOrMore, Description = "Encrypted files" }.Suggest(Suggestions.Paths);
    private readonly RecipientOptions _recipients = new();
    private readonly Option<string?> _identity = new Option<string?>("--identity") { Description = "A file with the identity that opens them (default: as SOPS finds it)", HelpName = "FILE" }.Suggest(Suggestions.Paths);

    public SecretRotateVerb()
        : base("rotate", "Encrypt files anew, with another key, for the same recipients or for those that are named")
    {
        Add(_files);
        _recipients.AddTo(this);
        Add(_identity);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var named = await _recipients.ReadAsync(call, cancellation);
        var identities = SecretFile.Identities(call, call.Get(_identity));
        var rotated = call.Get(_files)!.Select(file =>
        {
            var text = SecretFile.Read(file);
            var recipients = named.Count > 0 ? named : Recipients(file, text);
            return (file, Text: SecretFile.Try(file, () => SopsWriter.Rotate(text, identities, recipients, call.Terminal.Time.GetUtcNow())));
        }).ToList();

        // All or none: what can't be opened is found before anything is written.
        foreach (var (file, text) in rotated)
            SecretFile.Write(file, text);
        return ExitCode.Done;
    }

    private static List<AgeRecipient> Recipients(string file, string text) =>
    [
        .. SecretFile.Try(file, () => SopsWriter.RecipientsOf(text))
            .Select(name => AgeRecipient.Parse(name) ?? throw new UserError(ExitCode.Failed, $"{file} has the recipient {name}, which only SOPS can write: use `sops rotate`")),
    ];
}
