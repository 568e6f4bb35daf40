using System.Reflection;

namespace EdgeOperator.Functions.Hosting;

internal static class HostVersion
{
    /// <summary>Such as <c>0.1.0</c>.</summary>
    public static string Text { get; } =
        (typeof(HostVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0").Split('+')[0];

    /// <summary>The version that apps see: the cloud's host of this generation is 4.</summary>
    public static string Functions { get; } = "4." + Text;
}
