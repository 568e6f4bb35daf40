using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Checks;

/// <summary>Whether files that hold secrets are for their owner alone, and nobody else may change what the agent trusts.</summary>
internal static class PermissionCheck
{
    private const string Area = "permissions";
    private const UnixFileMode OthersMayChange = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const UnixFileMode OthersMayRead = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    public static Task<IEnumerable<CheckResult>> RunAsync(CheckContext context, CancellationToken cancellation) => Task.FromResult<IEnumerable<CheckResult>>(
        OperatingSystem.IsWindows() ? [CheckResult.Skipped(Area, "rights of files are looked at on Linux only: see that only administrators may read agent.yaml's files of keys")] : Look(context.Configuration));

    private static List<CheckResult> Look(AgentConfiguration configuration)
    {
        var problems = Secrets(configuration).SelectMany(secret => Secret(secret.What, secret.File)).Concat(Trusted(configuration)).ToList();
        if (OperatingSystem.IsLinux() && Posix.EffectiveUser != 0)
            problems.Add(CheckResult.Warning(Area, "this does not run as root, so that it sees less than the agent does", "run it with sudo"));
        return problems.Count > 0 ? problems : [CheckResult.Ok(Area, "keys, tokens and the agent's state are for their owner alone")];
    }

    private static IEnumerable<(string What, string File)> Secrets(AgentConfiguration configuration)
    {
        foreach (var source in configuration.Sources)
        {
            (string What, string? File)[] files = source switch
            {
                GitSourceConfiguration git => [($"the SSH key of {git.Name}", git.SshKeyFile), ($"the token of {git.Name}", git.TokenFile)],
                TwinSourceConfiguration twin =>
                [
                    ($"the key of {twin.Name}", twin.KeyFile), ($"the private key of {twin.Name}", twin.PrivateKeyFile),
                    ($"the key of {twin.Name}", twin.Provisioning?.SymmetricKeyFile), ($"the private key of {twin.Name}", twin.Provisioning?.KeyFile),
                ],
                _ => [],
            };
            foreach (var (what, file) in files)
                if (file is not null)
                    yield return (what, file);
        }

        if (configuration.Engine.RegistryAuthFile is { } registries)
            yield return ("the credentials of registries", registries);
        if (configuration.Functions.Publishing?.KeyFile is { } publishing)
            yield return ("the key for publishing", publishing);
    }

    private static IEnumerable<CheckResult> Secret(string what, string file)
    {
        if (Problem(() => ReferencedFile.Check(file)) is { } problem)
            yield return CheckResult.Error(Area, $"{what} can't be read: {problem}", "put the file there, readable for root");
        else if ((Mode(file) & OthersMayRead) != 0)
            yield return CheckResult.Warning(Area, $"{what} can be read by everybody ({file})", $"chmod 600 {file}");
    }

    private static IEnumerable<CheckResult> Trusted(AgentConfiguration configuration)
    {
        if (configuration.File is { } own && (Mode(own) & OthersMayChange) != 0)
            yield return CheckResult.Error(Area, $"others than its owner may change {own}, and so what the device trusts", $"chmod go-w {own}");
        if (Directory.Exists(configuration.StateDirectory) && (Mode(configuration.StateDirectory) & OthersMayRead) != 0)
            yield return CheckResult.Warning(Area, $"others may look into {configuration.StateDirectory}", $"chmod 700 {configuration.StateDirectory}");
        if (!Directory.Exists(configuration.StateDirectory))
            yield return CheckResult.Warning(Area, $"there is no {configuration.StateDirectory} yet", "the agent makes it when it starts for the first time");
    }

    private static UnixFileMode Mode(string path)
    {
        try
        {
            return OperatingSystem.IsWindows() || !Path.Exists(path) ? 0 : File.GetUnixFileMode(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static string? Problem(Action look)
    {
        try
        {
            look();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
