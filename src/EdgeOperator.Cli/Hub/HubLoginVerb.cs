using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Completion;

namespace EdgeOperator.Cli.Hub;

internal sealed class HubLoginVerb : Verb
{
    /// <summary>The hub's name for a password that is good for one login only.</summary>
    private const string NewPasswordNeeded = nameof(NewPasswordNeeded);

    private readonly Argument<string?> _url = new("URL") { Arity = ArgumentArity.ZeroOrOne, Description = "The hub's address; without it, that of the last login" };
    private readonly Option<string> _user = new("--user") { Description = "Whom to log in", HelpName = "NAME", DefaultValueFactory = _ => "admin" };
    private readonly Option<string?> _authority = new Option<string?>("--ca-file") { Description = "Certificates (PEM) to trust in place of the system's: the hub's ca.pem", HelpName = "FILE" }.Suggest(Suggestions.Paths);

    public HubLoginVerb()
        : base("login", "Log in at a hub; the password is asked for, or read from standard input")
    {
        Add(_url);
        Add(_user);
        Add(_authority);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var before = HubLogin.TryLoad(call.Terminal);
        var url = call.Get(_url) is { } text ? Address(text) : before?.Url ?? throw UserError.Invalid("the hub's address is missing: edgeop hub login https://hub.example.com");
        var caFile = call.Get(_authority) is { } file ? Path.GetFullPath(file) : before?.Url == url ? before.CaFile : null;
        var user = call.Get(_user)!;

        using var hub = new HubClient(url, null, caFile);
        using var prompt = new SecretPrompt(call.Terminal);
        var answer = await LogInAsync(hub, prompt, user, $"{user} at {url.Authority}", cancellation);
        var login = new HubLogin(url, user, (string)answer["token"]!, DateTimeOffset.Parse((string)answer["expires"]!, CultureInfo.InvariantCulture), caFile);
        login.Save(call.Terminal);
        call.Printer.Answer(
            new JsonObject { ["url"] = url.ToString(), ["user"] = user, ["expires"] = login.Expires.ToString("O", CultureInfo.InvariantCulture) },
            $"Logged in at {url.Authority} as {user} until {login.Expires.UtcDateTime:yyyy-MM-dd HH:mm} UTC.");
        return ExitCode.Done;
    }

    private static async Task<JsonNode> LogInAsync(HubClient hub, SecretPrompt prompt, string user, string whom, CancellationToken cancellation)
    {
        var body = new JsonObject { ["user"] = user, ["password"] = await prompt.AskAsync($"Password of {whom}", cancellation) };
        try
        {
            return (await hub.PostAsync("login", body, cancellation))!;
        }
        catch (HubRefusedException e) when (e.Code == NewPasswordNeeded)
        {
            var chosen = await prompt.AskAsync("The password is for the first login only. New password", cancellation);
            if (await prompt.AskAsync("Once more", cancellation) != chosen)
                throw UserError.Invalid("the two new passwords are not the same");
            body["newPassword"] = chosen;
            return (await hub.PostAsync("login", body, cancellation))!;
        }
    }

    private static Uri Address(string text)
    {
        var full = text.Contains("://", StringComparison.Ordinal) ? text : $"https://{text}";
        return Uri.TryCreate(full, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps && url.PathAndQuery == "/"
            ? url
            : throw UserError.Invalid($"\"{text}\" is no address of a hub: write it as https://hub.example.com");
    }
}
