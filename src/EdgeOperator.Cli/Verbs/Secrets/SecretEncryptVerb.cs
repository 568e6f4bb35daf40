using System.CommandLine;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Core.Secrets.Sops;

namespace EdgeOperator.Cli.Verbs.Secrets;

internal sealed class SecretEncryptVerb : Verb
{
    private readonly Argument<string> _file = new Argument<string>("FILE") { Description = "A manifest with `kind: Secret` in clear; - reads it from standard input" }.Suggest(Suggestions.Paths);
    private readonly RecipientOptions _recipients = new();
    private readonly Option<string?> _output = new Option<string?>("--out") { Description = "Where to write the encrypted file (default: standard output)", HelpName = "FILE" }.Suggest(Suggestions.Paths);
    private readonly Option<bool> _inPlace = new("--in-place", "-i") { Description = "Replace the file by the encrypted one" };

    public SecretEncryptVerb()
        : base("encrypt", "Encrypt the values of a Secret, as SOPS does, for devices and for yourself")
    {
        Add(_file);
        _recipients.AddTo(this);
        Add(_output);
        Add(_inPlace);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var (file, output, inPlace) = (call.Get(_file)!, call.Get(_output), call.Get(_inPlace));
        if (inPlace && (output is not null || file == "-"))
            throw UserError.Invalid("--in-place goes with neither --out nor standard input");
        var recipients = await _recipients.ReadAsync(call, cancellation);
        if (recipients.Count == 0)
            throw UserError.Invalid("there is nobody to encrypt for: name a --recipient, a --recipients-file, a --device, a --selector or a --fleet");
        var text = file == "-" ? await SecretFile.ReadAsync(call.Terminal.Stdin, cancellation) : SecretFile.Read(file);
        var encrypted = SecretFile.Try(file, () => SopsWriter.Encrypt(text, recipients, call.Terminal.Time.GetUtcNow()));
        if (output is null && !inPlace)
            call.Printer.Out.Write(encrypted);
        else
            SecretFile.Write(output ?? file, encrypted);
        return ExitCode.Done;
    }
}
