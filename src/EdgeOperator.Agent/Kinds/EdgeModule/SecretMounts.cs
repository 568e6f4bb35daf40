using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Agent.Engine;
using EdgeOperator.Agent.Secrets;
using EdgeOperator.Core.Kinds.EdgeModule;

namespace EdgeOperator.Agent.Kinds.EdgeModule;

/// <summary>The secret files of containers, in memory: a folder for each container, as long as the container is there.</summary>
/// <param name="memory">Of the system that the engine runs on.</param>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim holds nothing to dispose unless its wait handle is asked for.")]
internal sealed class SecretMounts(SecretVault secrets, IMemoryFiles memory)
{
    private const string Prefix = "module-";

    private readonly SemaphoreSlim _turn = new(1, 1);

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

    /// <summary>
    /// Waits until no other container with files is being made, and removes what those have left that somebody else has removed. To be disposed once the
    /// container is made: until then nobody takes its files for such.
    /// </summary>
    /// <returns>Null when the module has no files.</returns>
    /// <exception cref="EngineException">The engine can't be asked which containers there are.</exception>
    public async Task<IDisposable?> BeginAsync(EdgeModuleSpec spec, IContainerEngine engine, CancellationToken cancellation)
    {
        if (spec.SecretFiles.IsEmpty)
        {
            return null;
        }

        await _turn.WaitAsync(cancellation);
        var turn = new Turn(_turn);
        try
        {
            var containers = await engine.ListContainersAsync([], cancellation);
            await memory.RetainAsync(Prefix, [.. containers.Select(container => ContainerOwnership.Instance(container.Labels)).OfType<string>().Select(GroupOf)], cancellation);
            return turn;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whoever writes files next says why they can't be written.
            return turn;
        }
        catch
        {
            turn.Dispose();
            throw;
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
    private static string GroupOf(string instance) => $"{Prefix}{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(instance)))[..32]}";

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
