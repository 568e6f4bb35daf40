namespace EdgeOperator.Cli.Hub.Access;

internal sealed class UsersCreateVerb : Verb
{
    private readonly HubUser _user = new();
    private readonly RoleOptions _role = new();

    public UsersCreateVerb()
        : base("create", "Make a user; prints the password for the first login")
    {
        Add(_user);
        _role.AddTo(this);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        var made = await hub.PostAsync("users", _role.Into(call, new() { ["name"] = call.Get(_user) }), cancellation);
        call.Printer.Answer(made!, $"{(string?)made!["name"]} may log in with the one-time password {(string?)made["oneTimePassword"]}, which is not shown again.");
        return ExitCode.Done;
    }
}
