using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;

namespace EdgeOperator.Platform.Files;

/// <summary>What 0600 and 0700 are on Windows: the system, administrators and the agent's own user, whatever the folder above lets others do.</summary>
[SupportedOSPlatform("windows")]
public static class PrivateAccess
{
    private const InheritanceFlags All = InheritanceFlags.ContainerInherit | InheritanceFlags.ObjectInherit;

    public static FileSecurity OfFile() => Give(new FileSecurity(), InheritanceFlags.None);

    /// <summary>And so for what is made in it.</summary>
    public static DirectorySecurity OfFolder() => Give(new DirectorySecurity(), All);

    /// <summary>Whether a file gives nothing to anybody else.</summary>
    /// <exception cref="UnauthorizedAccessException">Its access may not be read.</exception>
    public static bool IsPrivate(string file) => IsPrivate(new FileInfo(file).GetAccessControl(AccessControlSections.Access));

    /// <summary>What the file in this place has of its own, for the one that takes its place; null when there is none, or nothing but what its folder gives.</summary>
    /// <param name="evenPrivate">Also when it is for nobody else.</param>
    public static FileSecurity? OwnOf(string path, bool evenPrivate)
    {
        if (!File.Exists(path))
            return null;
        var found = new FileInfo(path).GetAccessControl(AccessControlSections.Access);
        var isOwn = found.AreAccessRulesProtected || found.GetAccessRules(includeExplicit: true, includeInherited: false, typeof(SecurityIdentifier)).Count > 0;
        if (!isOwn || (!evenPrivate && IsPrivate(found)))
            return null;
        var copy = new FileSecurity();
        copy.SetSecurityDescriptorBinaryForm(found.GetSecurityDescriptorBinaryForm(), AccessControlSections.Access);
        return copy;
    }

    private static bool IsPrivate(FileSecurity security)
    {
        var own = Own();
        return security.GetAccessRules(includeExplicit: true, includeInherited: true, typeof(SecurityIdentifier)).Cast<FileSystemAccessRule>()
            .All(rule => rule.AccessControlType == AccessControlType.Deny || own.Contains((SecurityIdentifier)rule.IdentityReference));
    }

    private static T Give<T>(T security, InheritanceFlags inheritance)
        where T : FileSystemSecurity
    {
        security.SetAccessRuleProtection(isProtected: true, preserveInheritance: false);
        foreach (var who in Own())
            security.AddAccessRule(new(who, FileSystemRights.FullControl, inheritance, PropagationFlags.None, AccessControlType.Allow));
        return security;
    }

    private static HashSet<SecurityIdentifier> Own()
    {
        using var user = WindowsIdentity.GetCurrent();
        return [new(WellKnownSidType.LocalSystemSid, null), new(WellKnownSidType.BuiltinAdministratorsSid, null), .. user.User is { } own ? [own] : Array.Empty<SecurityIdentifier>()];
    }
}
