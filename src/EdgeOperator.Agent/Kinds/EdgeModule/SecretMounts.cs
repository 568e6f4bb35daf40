using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Agent.Secrets;
using EdgeOperator.Core.Kinds.EdgeModule;

namespace EdgeOperator.Agent.Kinds.EdgeModule;

/// <summary>The secret files of containers, in memory: a folder for each container, as long as the container is there.</summary>
/// <param name="memory">Of the system that the engine runs on.</param>
internal sealed class SecretMounts(SecretVault secrets, IMemoryFiles memory)
{
    public static string NameOf(int file) => file.ToString(CultureInfo.InvariantCulture);

    /// <summary>Writes the files of a container; after a reboot they are gone.</summary>
    /// <param name="instance">Tells the container from every other one.</param>
    /// <returns>Their folder; null when the module has none.</returns>
    /// <exception cref="SecretUnavailableException">A secret can't be had, or can't be given to the system that the engine runs on.</exception>
    public async Task<string?> WriteAsync(EdgeModuleSpec spec, string? instance, CancellationToken cancellation)
    {
        if (spec.SecretFiles.IsEmpty || instance is null)
        {
            return null;
        }

        try
        {
            return await memory.WriteAsync(GroupOf(instance), [.. spec.SecretFiles.Select((file, i) => new MemoryFile(NameOf(i), secrets.Reveal(Encoding.UTF8.GetBytes(file.Content)), (UnixFileMode)file.Mode))], cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SecretUnavailableException($"the files with secrets can't be written: {e.Message}");
        }
    }

    public async Task DeleteAsync(string? instance, CancellationToken cancellation)
    {
        try
        {
            if (instance is not null)
            {
                await memory.DeleteAsync(GroupOf(instance), cancellation);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A guest that can't be reached: they go when it stops, since they are in its memory.
        }
    }

    // What a label holds is no path.
    private static string GroupOf(string instance) => $"module-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(instance)))[..32]}";
}
