using System.Globalization;

namespace EdgeOperator.Platform.Files;

/// <summary>Numbers of the users and groups of this machine, from <c>passwd</c> and <c>group</c> alone, so that no lookup waits for a network.</summary>
public static class Accounts
{
    /// <summary>Reads <c>user</c>, <c>user:group</c> or <c>:group</c>, by name or number; a half that is not named is null.</summary>
    /// <param name="unknown">What is not known; null when all is.</param>
    public static FileOwner Resolve(string owner, out string? unknown, string etc = "/etc")
    {
        var (user, group) = owner.Split(':', 2) is [var u, var g] ? (u, g) : (owner, "");
        unknown = null;
        return new(
            Number(user, Path.Combine(etc, "passwd"), "user", ref unknown),
            Number(group, Path.Combine(etc, "group"), "group", ref unknown));
    }

    /// <summary>A user's own group; null when the user is not in <c>passwd</c>.</summary>
    public static uint? GroupOf(uint user, string etc = "/etc")
    {
        var file = Path.Combine(etc, "passwd");
        foreach (var line in File.Exists(file) ? File.ReadLines(file) : [])
        {
            if (line.Split(':') is [_, _, var id, var group, ..] && id == user.ToString(CultureInfo.InvariantCulture) && uint.TryParse(group, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return number;
        }

        return null;
    }

    /// <summary>A user's name, home and shell; null when the user is not in <c>passwd</c>.</summary>
    public static (string Name, string Home, string Shell)? Find(uint user, string etc = "/etc")
    {
        var file = Path.Combine(etc, "passwd");
        foreach (var line in File.Exists(file) ? File.ReadLines(file) : [])
        {
            if (line.Split(':') is [var name, _, var id, _, _, var home, var shell] && id == user.ToString(CultureInfo.InvariantCulture))
                return (name, home, shell);
        }

        return null;
    }

    private static uint? Number(string name, string file, string kind, ref string? unknown)
    {
        if (name == "")
            return null;
        if (uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;
        foreach (var line in File.Exists(file) ? File.ReadLines(file) : [])
        {
            if (line.Split(':') is [var known, _, var id, ..] && known == name && uint.TryParse(id, out number))
                return number;
        }

        unknown ??= $"{kind} '{name}' is not in {file}";
        return null;
    }
}
