using System.CommandLine;
using System.Text.Json.Nodes;
using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Agent.Secrets;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Cli.Verbs.Secrets;

/// <summary>The device's recipient, for which secrets are encrypted.</summary>
internal sealed class IdentityVerb : Verb
{
    private readonly Option<bool> _rotate = new("--rotate") { Description = "Give the device another identity" };
    private readonly Option<string?> _grace = new("--grace") { Description = "How long the identities of before still open what is encrypted for them (default: 720h)", HelpName = "TIME" };

    public IdentityVerb()
        : base("identity", "The device's recipient: what secrets for it are encrypted for")
    {
        Add(_rotate);
        Add(_grace);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        if (!call.Get(_rotate) && call.Get(_grace) is not null)
            throw UserError.Invalid("--grace goes with --rotate");
        Print(call, call.Get(_rotate) ? Rotate(call, call.Get(_grace) ?? "720h") : await AskAsync(call, cancellation) ?? Read(call));
        return ExitCode.Done;
    }

    /// <summary>The running agent takes notice of the new identity by itself.</summary>
    private static string Rotate(Call call, string time)
    {
        if (Duration.Parse(time) is not { } grace)
            throw UserError.Invalid($"--grace {time} is no time: write it as `720h`");
        try
        {
            var configuration = call.Configuration();
            return new IdentityFile(configuration.StateDirectory, call.Terminal.Time, configuration.Secrets).Rotate(grace).ToString();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new UserError(ExitCode.Failed, $"the identity can't be replaced: {e.Message}");
        }
    }

    private static void Print(Call call, string recipient)
    {
        if (call.Printer.IsDocument)
            call.Printer.Print((JsonNode)new JsonObject { ["recipient"] = recipient });
        else
            call.Printer.Out.WriteLine(recipient);
    }

    /// <summary>Of the running agent; null when there is none.</summary>
    private static async Task<string?> AskAsync(Call call, CancellationToken cancellation)
    {
        try
        {
            using var agent = call.Agent();
            return (await agent.GetStatusAsync(cancellation)).Recipient;
        }
        catch (Exception e) when (e is AgentUnreachableException or AgentRefusedException)
        {
            return null;
        }
    }

    private static string Read(Call call)
    {
        var configuration = call.Configuration();
        var vault = new SecretVault(configuration.StateDirectory, call.Terminal.Time, isReadOnly: true, configuration.Secrets);
        return vault.Recipient ?? throw new UserError(ExitCode.Failed, vault.IdentityProblem ?? $"{configuration.Device.Name} has no identity yet, or you may not read it: the agent makes one when it first starts{(configuration.Secrets.Seal == SecretsConfiguration.NoSeal ? "" : "; its log says why it can't seal one")}");
    }
}
