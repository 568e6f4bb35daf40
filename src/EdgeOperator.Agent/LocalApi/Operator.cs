using System.Globalization;
using System.Runtime.Versioning;
using EdgeOperator.Platform.Files;
using EdgeOperator.Platform.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Agent.LocalApi;

/// <summary>Who asks the agent for something, and why.</summary>
/// <param name="User">The user's name, or the number of one without a name.</param>
/// <param name="Reason">In the user's own words; null when none was given.</param>
public sealed record Operator(string User, string? Reason = null)
{
    private const int LongestReason = 500;
    private const string Unknown = "somebody";

    /// <summary>As events and logs end: <c> by root (maintenance)</c>.</summary>
    public override string ToString() => Reason is null ? $"by {User}" : $"by {User} ({Reason})";

    /// <summary>Whoever is at the other end of the Unix socket, as the kernel says.</summary>
    internal static Operator Of(HttpContext context, string? reason)
    {
        var text = string.IsNullOrWhiteSpace(reason) ? null : reason.Trim();
        if (text?.Length > LongestReason)
            throw new BadHttpRequestException($"reason has {text.Length} characters: give at most {LongestReason}.");
        return new(UserOf(context), text);
    }

    private static string UserOf(HttpContext context)
    {
        if (OperatingSystem.IsWindows())
            return PipeUserOf(context) ?? Environment.UserName;
        if (!OperatingSystem.IsLinux() || context.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket)
            return Unknown;
        var user = UnixPeer.Of(socket).User;
        return Accounts.Find(user)?.Name ?? user.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Null for who has told Windows not to say.</summary>
    [SupportedOSPlatform("windows")]
    private static string? PipeUserOf(HttpContext context)
    {
        try
        {
            return context.Features.Get<IConnectionNamedPipeFeature>()?.NamedPipe.GetImpersonationUserName() is { Length: > 0 } user ? user : null;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
