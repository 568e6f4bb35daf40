using System.IO.Pipes;
using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
using Microsoft.AspNetCore.Hosting;

namespace EdgeOperator.Agent.LocalApi;

/// <summary>The agent's named pipe: for the system, administrators and the agent's own user, and for nobody over the network.</summary>
[SupportedOSPlatform("windows")]
internal static class ApiPipe
{
    public static void AddTo(IWebHostBuilder host) => host.UseNamedPipes(options =>
    {
        options.CurrentUserOnly = false;
        options.PipeSecurity = Security();
    });

    internal static PipeSecurity Security()
    {
        var security = new PipeSecurity();
        security.SetAccessRuleProtection(isProtected: true, preserveInheritance: false);
        Add(new(WellKnownSidType.NetworkSid, null), AccessControlType.Deny);
        Add(new(WellKnownSidType.LocalSystemSid, null), AccessControlType.Allow);
        Add(new(WellKnownSidType.BuiltinAdministratorsSid, null), AccessControlType.Allow);
        using var own = WindowsIdentity.GetCurrent();
        if (own.User is { } user)
            Add(user, AccessControlType.Allow);
        return security;

        void Add(SecurityIdentifier who, AccessControlType type) => security.AddAccessRule(new(who, PipeAccessRights.FullControl, type));
    }
}
