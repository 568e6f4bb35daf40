namespace EdgeOperator.Cli.Machines;

/// <summary>Whom a command runs as.</summary>
internal static class GuestUser
{
    /// <returns>The name.</returns>
    /// <exception cref="UserError">It can't be a user's name, but might be read as something else by the program that it is passed to.</exception>
    public static string Check(string user) =>
        user is not ([] or ['-', ..]) && user.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? user
            : throw UserError.Invalid($"\"{user}\" can't be the name of a user");
}
