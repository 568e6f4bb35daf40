using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Agent.Secrets;
using EdgeOperator.Core.Kinds.EdgeModule;

namespace EdgeOperator.Agent.Kinds.EdgeModule;

/// <summary>The secret files of containers, in memory: a folder for each container, as long as the container is there.</summary>
internal sealed class SecretMounts(SecretVault secrets, MemoryFolder memory)
{
    public static string NameOf(int file) => file.ToString(CultureInfo.InvariantCulture);

    /// <summary>Writes the files of a container; after a reboot they are gone.</summary>
    /// <param name="instance">Tells the container from every other one.</param>
    /// <returns>Their folder; null when the module has none.</returns>
    /// <exception cref="SecretUnavailableException">A secret can't be had.</exception>
    /// <exception cref="IOException">They can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">They may not be written.</exception>
    public string? Write(EdgeModuleSpec spec, string? instance)
    {
        if (spec.SecretFiles.IsEmpty || instance is null)
        {
            return null;
        }

        memory.Write(GroupOf(instance), [.. spec.SecretFiles.Select((file, i) => (NameOf(i), secrets.Reveal(Encoding.UTF8.GetBytes(file.Content)), (UnixFileMode)file.Mode))]);
        return memory.PathOf(GroupOf(instance));
    }

    public void Delete(string? instance)
    {
        if (instance is not null)
        {
            memory.Delete(GroupOf(instance));
        }
    }

    // What a label holds is no path.
    private static string GroupOf(string instance) => $"module-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(instance)))[..32]}";
}
