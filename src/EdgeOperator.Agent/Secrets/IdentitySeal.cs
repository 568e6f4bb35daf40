using System.ComponentModel;
using System.Globalization;
using System.Text;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Platform.Processes;
using EdgeOperator.Platform.Streams;

namespace EdgeOperator.Agent.Secrets;

/// <summary>Seals a text with the machine's TPM or a key of the host's, by <c>systemd-creds</c>, so that a copy of the disk does not open it.</summary>
internal sealed class IdentitySeal(SecretsConfiguration configuration, TimeProvider time)
{
    private const string Program = "systemd-creds";

    /// <summary>The register for debugging, which is zero everywhere: systemd 252 can't open again what was sealed with no register at all.</summary>
    private const int Unused = 16;

    /// <summary>Bytes.</summary>
    private const int Largest = 256 * 1024;

    /// <summary>The TPM of a small device takes some seconds.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private static readonly Dictionary<string, string> Variables = new()
    {
        ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin",
        ["LANG"] = "C.UTF-8",
    };

    /// <summary>Whether anything is to be sealed.</summary>
    public bool IsWanted => configuration.Seal != SecretsConfiguration.NoSeal;

    /// <exception cref="IOException">It can't be sealed: there is no TPM, or no systemd-creds.</exception>
    public byte[] Seal(string text)
    {
        var pcrs = configuration.Tpm2Pcrs.IsEmpty ? [Unused] : configuration.Tpm2Pcrs;
        string[] binding = configuration.Seal.Contains("tpm2", StringComparison.Ordinal) ? [$"--tpm2-pcrs={string.Join('+', pcrs.Select(pcr => pcr.ToString(CultureInfo.InvariantCulture)))}"] : [];
        return Run("sealed", ["encrypt", $"--with-key={configuration.Seal}", .. binding], Encoding.UTF8.GetBytes(text));
    }

    /// <exception cref="IOException">It can't be opened: it was sealed by another machine, or the machine is no longer in that state.</exception>
    public string Open(ReadOnlyMemory<byte> sealedText) => Encoding.UTF8.GetString(Run("opened", ["decrypt"], sealedText));

    private byte[] Run(string done, string[] arguments, ReadOnlyMemory<byte> input)
    {
        byte[] output = [];
        using var deadline = new CancellationTokenSource(Timeout, time);
        try
        {
            // Whoever asks for the identity is no task: it is asked for while manifests are rendered.
            var result = ChildProcess.RunAsync(
                Program, [.. arguments, $"--name={IdentityFile.Credential}", .. configuration.Tpm2Device is { } device ? (string[])[$"--tpm2-device={device}"] : [], "-", "-"], Variables, "/", input,
                async (stream, cancellation) => output = await BoundedStream.ReadAllAsync(stream, Largest, $"what {Program} prints", cancellation), deadline.Token).GetAwaiter().GetResult();
            return result.ExitCode == 0 ? output : throw new IOException($"it can't be {done} by {Program}: {LastLine(result.Errors)}");
        }
        catch (Win32Exception)
        {
            throw new IOException($"there is no {Program} on this device: it comes with systemd 250 or newer");
        }
        catch (InputTooLargeException e)
        {
            throw new IOException(e.Message);
        }
        catch (OperationCanceledException)
        {
            throw new IOException($"{Program} took longer than {Timeout.TotalSeconds:0} s");
        }
    }

    private static string LastLine(string errors) => errors.Split('\n').Select(line => line.Trim()).LastOrDefault(line => line.Length > 0) ?? "it gave no reason";
}
