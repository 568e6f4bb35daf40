using System.Text;
using EdgeOperator.Core.Secrets;
using EdgeOperator.Core.Secrets.Age;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Cli.Verbs.Secrets;

/// <summary>Files that the verbs for secrets read and write.</summary>
internal static class SecretFile
{
    /// <summary>Where SOPS looks for identities, in its order.</summary>
    private const string KeyVariable = "SOPS_AGE_KEY";
    private const string KeyFileVariable = "SOPS_AGE_KEY_FILE";

    /// <exception cref="UserError">The file can't be read.</exception>
    public static string Read(string path)
    {
        try
        {
            return ReferencedFile.ReadText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw UserError.Invalid($"{path} can't be read: {e.Message}");
        }
    }

    /// <summary>All of a stream.</summary>
    /// <exception cref="UserError">It is too long.</exception>
    public static async Task<string> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        using var reader = new StreamReader(stream);
        var text = new char[ReferencedFile.LargestSize];
        var length = await reader.ReadBlockAsync(text, cancellation);
        return length < text.Length ? new(text, 0, length) : throw UserError.Invalid($"standard input is longer than {ReferencedFile.LargestSize / 1024 / 1024} MiB");
    }

    /// <summary>Writes a file in one step, with the mode of the one that it replaces.</summary>
    /// <exception cref="UserError">The file can't be written.</exception>
    public static void Write(string path, string text)
    {
        try
        {
            var mode = !OperatingSystem.IsWindows() && File.Exists(path) ? File.GetUnixFileMode(path) : UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
            AtomicFile.Write(Path.GetFullPath(path), Encoding.UTF8.GetBytes(text), mode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserError(ExitCode.Failed, $"{path} can't be written: {e.Message}");
        }
    }

    /// <summary>The identities that open a file: from the option, or from where SOPS takes them.</summary>
    /// <exception cref="UserError">There are none.</exception>
    public static IReadOnlyList<AgeIdentity> Identities(Call call, string? file)
    {
        var text = file is not null ? Read(file)
            : call.Terminal.Variable(KeyVariable) is { Length: > 0 } keys ? keys
            : call.Terminal.Variable(KeyFileVariable) is { Length: > 0 } named ? Read(named)
            : DefaultKeys(call) is { } usual && File.Exists(usual) ? Read(usual)
            : throw UserError.Invalid($"no identity to open the file with: name a file by --identity, or set {KeyFileVariable}");
        var identities = text.Split('\n').Select(line => AgeIdentity.Parse(line.Trim())).OfType<AgeIdentity>().ToList();
        return identities.Count > 0 ? identities : throw UserError.Invalid("the identities hold no line with AGE-SECRET-KEY-1…");
    }

    /// <summary>Does something with a file, and says in one line what is wrong with it.</summary>
    /// <exception cref="UserError">It can't be done.</exception>
    public static T Try<T>(string path, Func<T> act)
    {
        try
        {
            return act();
        }
        catch (SecretFormatException e)
        {
            throw new UserError(e.Failure == SecretFailure.NoIdentity ? ExitCode.Failed : ExitCode.InvalidInput, $"{path}: {e.Message}");
        }
    }

    private static string? DefaultKeys(Call call) =>
        (call.Terminal.Variable("XDG_CONFIG_HOME") is { Length: > 0 } home ? home : call.Terminal.Variable("HOME") is { Length: > 0 } user ? Path.Combine(user, ".config") : null) is { } folder
            ? Path.Combine(folder, "sops", "age", "keys.txt")
            : null;
}
