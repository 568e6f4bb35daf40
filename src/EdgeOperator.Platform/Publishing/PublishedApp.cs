using System.Collections.Immutable;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Platform.Publishing;

/// <summary>One app's folder in a <see cref="PublishStore"/>: credentials, deployments, their results, and packages by the SHA-256 of their zip files.</summary>
public sealed class PublishedApp(string folder)
{
    /// <summary>Deployments that are kept, and with them their packages.</summary>
    public const int Kept = 10;

    public string Name => Path.GetFileName(folder);

    /// <summary>Where a package is written before its version is known; on the same disk as the packages.</summary>
    public string IncomingFile => Path.Combine(Packages, $".incoming-{Guid.NewGuid():n}");

    private string Packages => Path.Combine(folder, "packages");

    private string Deployments => Path.Combine(folder, "deployments");

    private string Results => Path.Combine(folder, "results");

    private string CredentialsFile => Path.Combine(folder, "credentials.json");

    /// <summary>Changes when a deployment is added, asked for again or deleted. Cheap.</summary>
    public DateTime Stamp => Directory.GetLastWriteTimeUtc(Deployments);

    public PublishCredentials? Credentials => StateFile.ReadEither(CredentialsFile, PublishingJson.Default.PublishCredentials, out _);

    /// <summary>The zip file of a version; it need not be there.</summary>
    public string PackageOf(string version) => Path.Combine(Packages, $"{version}.zip");

    /// <summary>Makes new credentials in place of those before.</summary>
    /// <returns>The password.</returns>
    public string CreateCredentials(DateTimeOffset now)
    {
        var (credentials, password) = PublishCredentials.Create(now);
        StateFile.WriteTwice(CredentialsFile, credentials, PublishingJson.Default.PublishCredentials);
        return password;
    }

    /// <summary>All deployments that can be read.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public DeploymentHistory History() => new(Ids().Select(Read).OfType<DeploymentState>());

    /// <summary>Adds a package that was written to <see cref="IncomingFile"/>, and a deployment of it.</summary>
    /// <exception cref="IOException">The disk is full or failed; nothing was added, and no space is taken.</exception>
    public Deployment Add(string incoming, string version, DeploymentOrigin origin, DateTimeOffset now)
    {
        var deployment = new Deployment
        {
            Id = Guid.NewGuid().ToString("n"),
            Sequence = History().NextSequence,
            Version = version,
            ReceivedAt = now,
            RequestedAt = now,
            Origin = origin,
        };
        try
        {
            File.Move(incoming, PackageOf(version), overwrite: true);
            AtomicFile.SyncFolder(Packages);
            Write(deployment);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Its publisher is told that it failed: nobody may find one of its two records and put it into service.
            Delete(deployment);
            throw;
        }

        RemoveSurplus();
        return deployment;
    }

    /// <summary>Asks for an earlier deployment again.</summary>
    public Deployment Repeat(Deployment deployment, DateTimeOffset now)
    {
        var again = deployment with { Sequence = History().NextSequence, RequestedAt = now };
        Write(again);
        return again;
    }

    /// <summary>Notes how a deployment has ended.</summary>
    public void Conclude(string id, DeploymentResult result) => StateFile.Write(ResultOf(id), result, PublishingJson.Default.DeploymentResult);

    public void Delete(string id)
    {
        if (Read(id) is { } known)
            Delete(known.Deployment);
    }

    private void Delete(Deployment deployment)
    {
        StateFile.DeleteBoth(DeploymentOf(deployment.Id));
        StateFile.Delete(ResultOf(deployment.Id));
        if (History().All.All(other => other.Deployment.Version != deployment.Version))
            File.Delete(PackageOf(deployment.Version));
    }

    internal void Create()
    {
        foreach (var path in (string[])[folder, Packages, Deployments, Results])
            PrivateFolder.Create(path);
    }

    /// <summary>Removes what a process that was killed had begun to receive. Only for the endpoint, before it receives anything.</summary>
    internal void RemoveIncoming()
    {
        foreach (var file in Directory.EnumerateFiles(Packages, ".incoming-*"))
            File.Delete(file);
    }

    private IEnumerable<string> Ids() => !Directory.Exists(Deployments) ? []
        : Directory.EnumerateFileSystemEntries(Deployments, "*.json*").Select(f => Path.GetFileName(f).Split('.')[0]).Where(IsId).Distinct();

    private DeploymentState? Read(string id)
    {
        if (StateFile.ReadEither(DeploymentOf(id), PublishingJson.Default.Deployment, out _) is not { } deployment)
            return null;
        var result = StateFile.Read(ResultOf(id), PublishingJson.Default.DeploymentResult, out _);
        return new(deployment, result?.Sequence == deployment.Sequence ? result : null);
    }

    private void Write(Deployment deployment) => StateFile.WriteTwice(DeploymentOf(deployment.Id), deployment, PublishingJson.Default.Deployment);

    // What can't be removed now is removed with a later one: the deployment itself is there.
    private void RemoveSurplus()
    {
        try
        {
            foreach (var surplus in History().Surplus(Kept).ToImmutableArray())
                Delete(surplus.Deployment);
            RemovePackages();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    private void RemovePackages()
    {
        // Of a process that was killed; but which package belongs to a deployment whose records are damaged, nobody knows.
        if (Ids().Any(id => Read(id) is null))
            return;

        var used = History().All.Select(d => d.Deployment.Version).ToHashSet();
        foreach (var file in Directory.EnumerateFiles(Packages, "*.zip").Where(f => !used.Contains(Path.GetFileNameWithoutExtension(f))))
            File.Delete(file);
    }

    private string DeploymentOf(string id) => Path.Combine(Deployments, $"{id}.json");

    private string ResultOf(string id) => Path.Combine(Results, $"{id}.json");

    private static bool IsId(string id) => id.Length == 32 && id.All(char.IsAsciiHexDigitLower);
}
