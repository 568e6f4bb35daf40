using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Machines.Windows;

/// <summary>Whom a command runs as.</summary>
internal static class GuestUser
{
    /// <exception cref="UserError">It can't be a user's name, but might be something else to what is told it.</exception>
    public static string Of(GuestCall call, MachineAccess access)
    {
        var user = call.UserOf(access);
        return user is not ([] or ['-', ..]) && user.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? user
            : throw UserError.Invalid($"\"{user}\" can't be the name of a user");
    }
}
