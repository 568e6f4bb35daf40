namespace EdgeOperator.Cli.Hub.Access;

internal sealed class UsersResetPasswordVerb : Verb
{
    private readonly HubUser _user = new();

    public UsersResetPasswordVerb()
        : base("reset-password", "Give a user a password for the next login") => Add(_user);

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        var made = await hub.PostAsync($"{_user.PathOf(call)}/reset-password", null, cancellation);
        call.Printer.Answer(made!, $"{(string?)made!["name"]} may log in with the one-time password {(string?)made["oneTimePassword"]}, which is not shown again.");
        return ExitCode.Done;
    }
}
