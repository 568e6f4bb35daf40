using EdgeOperator.Platform.Files;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.FunctionApp;

/// <summary>The user that an app runs as.</summary>
internal static class AppUser
{
    /// <param name="user"><c>user</c> or <c>user:group</c>, by name or number; null for the agent's own.</param>
    /// <param name="problem">Why it can't be; null when it can.</param>
    public static ProcessUser? Resolve(string? user, out string? problem)
    {
        problem = null;
        if (user is null)
            return null;
        var owner = Accounts.Resolve(user, out problem);
        if (problem is not null || owner.User is not { } id)
            return null;
        if (!Environment.IsPrivilegedProcess)
        {
            problem = $"the app must run as {user}, and only an agent that runs as root can do that";
            return null;
        }

        var own = Accounts.GroupOf(id);
        return new(id, owner.Group ?? own ?? id, IsKnown: own is not null);
    }
}
