using System.Text;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Git;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Sources.Twin;

/// <summary>Remembers that the device was decommissioned at its hub, so that it does not knock there for ever.</summary>
internal sealed class TwinFarewell(TwinSourceConfiguration configuration, string stateFolder)
{
    private const string Decommissioned = nameof(Decommissioned);

    private string Note => Path.Combine(stateFolder, "decommissioned");

    /// <summary>The first line of the note: another hub, or another name there, is a new beginning.</summary>
    private string Whom => $"{configuration.DeviceId} on {configuration.Hub}";

    /// <exception cref="IOException">It can't be written.</exception>
    public void Say(string by, DateTimeOffset now)
    {
        PrivateFolder.Create(stateFolder);
        AtomicFile.Write(Note, Encoding.UTF8.GetBytes($"{Whom}\nat {now:u} {by}\n"));
    }

    /// <exception cref="FetchException">The device was decommissioned.</exception>
    public void Check()
    {
        if (Read() is { } note && note.Split('\n') is [var whom, .. var rest] && whom == Whom)
            throw new FetchException(Decommissioned, $"the device was decommissioned on {configuration.Hub} {string.Join(' ', rest).Trim()}; what it runs stays as it is. Remove {Note} to join again");
    }

    private string? Read()
    {
        if (!File.Exists(Note))
            return null;
        try
        {
            return StateFile.ReadText(Note);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            // That it is there is what counts.
            return $"{Whom}\n";
        }
    }
}
