using System.CommandLine;
using System.Globalization;

namespace EdgeOperator.Cli;

/// <summary>The file that a support bundle goes into, which nobody else may read.</summary>
internal sealed class BundleFile : Option<string?>
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public BundleFile()
        : base("--file", "-f")
    {
        Description = "The file to make; `-` for standard output";
        HelpName = "FILE";
    }

    /// <summary>Makes the file, which must not be there yet, and has it written; what fails leaves nothing.</summary>
    /// <returns>Its path; null for standard output.</returns>
    /// <exception cref="UserError">It can't be made.</exception>
    public async Task<string?> WriteAsync(Call call, string device, Func<Stream, Task> write)
    {
        if (call.Get(this) == "-")
        {
            await write(call.Terminal.Bytes);
            return null;
        }

        var name = string.Concat(device.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_')).TrimStart('.');
        var path = Path.GetFullPath(call.Get(this) ?? string.Create(CultureInfo.InvariantCulture, $"edgeop-support-{name}-{call.Terminal.Time.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}.tar.gz"));
        var isDone = false;
        var file = Open(path);
        try
        {
            await write(file);
            isDone = true;
        }
        finally
        {
            await file.DisposeAsync();
            if (!isDone)
                File.Delete(path);
        }

        return path;
    }

    private static FileStream Open(string path)
    {
        // A new one: a link that somebody has put there is not followed.
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = Private;
        try
        {
            return new(path, options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserError(ExitCode.Failed, $"{path} can't be made: {e.Message}: name another one with --file");
        }
    }
}
