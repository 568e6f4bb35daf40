using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Cli;

/// <summary>The agent's own file on the disk.</summary>
internal static class ConfigurationFile
{
    /// <param name="warn">Told what is accepted but worth a look.</param>
    /// <exception cref="UserError">The file is not there, can't be read or is invalid; every problem is reported.</exception>
    public static AgentConfiguration Read(string path, Action<IEnumerable<string>>? warn = null)
    {
        var result = AgentConfigurationReader.Read(new(path, Content(path)));
        warn?.Invoke(result.Warnings.Select(w => w.ToString()));
        return result.Configuration is { } configuration ? configuration with { File = Path.GetFullPath(path) } : throw UserError.Invalid(result.Problems);
    }

    private static byte[] Content(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw UserError.Invalid($"there is no configuration ({path}): write one, or name another with --config; `edgeop schema {KindNames.AgentConfiguration}` describes it");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserError(ExitCode.Failed, $"the configuration can't be read ({path}): {e.Message}");
        }
    }
}
