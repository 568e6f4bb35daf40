using System.Runtime.Versioning;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;

/// <summary>Whom programs of the host run as that a guest calls, and what of the host is missing for them.</summary>
[SupportedOSPlatform("linux")]
internal static class HostUser
{
    /// <summary>As <c>user</c> or <c>user:group</c>; null for the agent's own user, which is all that one without privileges can have.</summary>
    public static string? Of(MachineInterop interop) => interop.User ?? (Environment.IsPrivilegedProcess ? MachineInterop.DefaultUser : null);

    /// <returns>What is missing; null when nothing is.</returns>
    public static string? ProblemOf(MachineInterop interop)
    {
        if (!interop.Enabled || interop.Programs.IsEmpty)
            return null;
        if (Of(interop) is { } user)
        {
            var owner = Accounts.Resolve(user, out var unknown);
            if (unknown is not null || owner.User is null)
                return $"interop.user: {unknown ?? $"{user} names no user"}";
        }

        return interop.Programs.FirstOrDefault(program => !File.Exists(program.Value)) is { Key: { } name, Value: var path }
            ? $"interop.programs: the host has no {path}, which the guest is to call as {name}"
            : null;
    }
}
