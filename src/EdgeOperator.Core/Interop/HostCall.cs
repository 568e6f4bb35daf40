using System.Collections.Immutable;

namespace EdgeOperator.Core.Interop;

/// <summary>
/// What a guest asks the host to run. On the wire it is the command of an ssh session: words as <see cref="ShellWords"/> writes them,
/// <c>DIRECTORY STARTED -- PROGRAM ARGUMENT…</c>, and in its environment <see cref="PassedName"/>, <c>NAME=VALUE…</c>: values of variables
/// stand in no command line, which every user of the guest may read. Older guests have them before the <c>--</c>.
/// </summary>
/// <param name="Directory">The caller's, in the guest.</param>
/// <param name="Started">The host's directory from which the guest's session was started; null when it was not started from the host.</param>
/// <param name="Variables">The guest's, those alone that may cross.</param>
/// <param name="Program">As the guest called it.</param>
public sealed record HostCall(
    string Directory, string? Started, ImmutableDictionary<string, string> Variables, string Program, ImmutableArray<string> Arguments)
{
    /// <summary>In the environment of what the host starts in a guest: <see cref="Started"/>.</summary>
    public const string StartedVariable = "EDGEOP_STARTED_IN";

    /// <summary>In the environment of the call: the variables.</summary>
    public const string PassedName = "EDGEOP_VARIABLES";

    private const string EndOfVariables = "--";

    /// <param name="passed">The content of <see cref="PassedName"/>; null when it is not there.</param>
    /// <returns>Null when it is not written so.</returns>
    public static HostCall? TryParse(string line, string? passed = null)
    {
        if (!ShellWords.TryParse(line, out var words) || words is not [var directory, var started, .. var rest])
            return null;
        var end = rest.IndexOf(EndOfVariables);
        if (end < 0 || end + 1 == rest.Length || !ShellWords.TryParse(passed ?? "", out var more))
            return null;

        var variables = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var variable in rest[..end].AddRange(more))
        {
            if (variable.IndexOf('=') is not (> 0 and var equals))
                return null;
            variables[variable[..equals]] = variable[(equals + 1)..];
        }

        return new(directory, started.Length > 0 ? started : null, variables.ToImmutable(), rest[end + 1], rest[(end + 2)..]);
    }

    /// <summary>What <see cref="PassedName"/> holds.</summary>
    public string Passed => ShellWords.Join(Variables.Select(v => $"{v.Key}={v.Value}"));

    public override string ToString() => ShellWords.Join([Directory, Started ?? "", EndOfVariables, Program, .. Arguments]);
}
