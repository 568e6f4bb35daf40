namespace EdgeOperator.Cli.Hub.Access;

internal sealed class UsersRoleVerb : Verb
{
    private readonly HubUser _user = new();
    private readonly RoleOptions _role = new();

    public UsersRoleVerb()
        : base("role", "Give a user another role, over all devices or limited to fleets; it is so at once")
    {
        Add(_user);
        _role.AddTo(this);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        var changed = await hub.AskAsync(HttpMethod.Patch, _user.PathOf(call), _role.Into(call, []), cancellation);
        call.Printer.Answer(changed!, $"{(string?)changed!["name"]} is {RoleOptions.Text(changed)} now.");
        return ExitCode.Done;
    }
}
