using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using EdgeOperator.Core.Artifacts;
using EdgeOperator.Core.Fleets.Plans;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Git;
using EdgeOperator.Hub.Fleets;
using EdgeOperator.Hub.Plans;
using EdgeOperator.Hub.Repositories;
using EdgeOperator.Hub.Rest;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Service;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeOperator.Hub.Api;

/// <summary>What a commit, or a folder, would do to a fleet.</summary>
/// <param name="Revision">The commit; null for a folder that was sent.</param>
/// <param name="Subject">The first line of the commit's message.</param>
/// <param name="Digest">Of the artifact that devices would be given; null when they fetch the commit themselves.</param>
internal sealed record FleetPlanView(string Fleet, string? Revision, string? Subject, string? Digest, long Size, FleetPlan Plan);

/// <summary>Plans for fleets, which change nothing.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim holds nothing to dispose unless its wait handle is asked for.")]
internal sealed class FleetPlanRoutes(FleetCatalog fleets, RepositoryCatalog repositories, RepositoryMirrors mirrors, FolderArtifacts folders, FleetPlanning planning)
{
    private const int LargestPackage = 64 * 1024 * 1024;

    /// <summary>Each takes the processors that there are.</summary>
    private readonly SemaphoreSlim _planning = new(1);

    public IEnumerable<ServiceRoute> Routes =>
    [
        ApiRoute.Get("fleets/{fleet}/plan", "What a commit of its repository would do to every device of a fleet", PlanCommitAsync, new QueryParameter("commit", "Its id, or the beginning of it"), new QueryParameter("device", "Of this device alone")) with { Reach = RouteReach.Fleet },
        new("POST", ApiRoute.Prefix + "fleets/{fleet}/plan", PlanFolderAsync) { IsRead = true, Reach = RouteReach.Fleet },
    ];

    private async Task<FleetPlanView> PlanCommitAsync(ServiceRequest request)
    {
        request.Need(Rights.View | Rights.RegistryRead);
        var fleet = await FindAsync(request);
        var source = fleet.Fleet.Source;
        var asked = ApiRoute.Text(request, "commit") ?? throw new ServiceException(ServiceError.ArgumentInvalid, "'commit' is missing");
        if (source.Repository is null)
            throw new ServiceException(ServiceError.InvalidOperation, $"the devices of Fleet/{fleet.Name} fetch commits themselves: the hub has no repository to plan one of; send the folder instead (--path)");
        if (!RepositoryMirror.MayBeCommit(asked))
            throw new ServiceException(ServiceError.ArgumentInvalid, $"{GitText.Clean(asked)} is no commit: give its id, or 7 or more digits of its beginning (git rev-parse)");
        try
        {
            var (mirror, commit) = await MirrorAsync(source.Repository, asked, request.Aborted);
            var files = await mirror.ReadAsync(commit, source.Folder, request.Aborted);
            var (hash, size) = await folders.MeasureAsync(files, request.Aborted);
            return await PlanAsync(fleet, files, commit, mirror.Describe(commit).Subject, ArtifactDigest.OfHash(hash), size, request);
        }
        catch (FetchException e)
        {
            throw new ServiceException(ServiceError.InvalidOperation, $"{asked} can't be planned: {e.Message}");
        }
    }

    private async Task PlanFolderAsync(ServiceRequest request)
    {
        request.Need(Rights.View | Rights.RegistryRead);
        var fleet = await FindAsync(request);
        request.Http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = LargestPackage;
        var package = await request.BytesAsync(LargestPackage);
        ImmutableArray<ManifestFile> files;
        try
        {
            files = ArtifactPackage.Read(new MemoryStream(package, writable: false), PackageLimits.Default);
        }
        catch (InvalidDataException e)
        {
            throw new ServiceException(ServiceError.ArgumentInvalid, $"the body is no package that a device would take: {e.Message}");
        }

        var digest = fleet.Fleet.Source.Repository is null ? null : ArtifactDigest.Of(SHA256.HashData(package));
        var plan = await PlanAsync(fleet, files, null, null, digest, package.Length, request);
        await request.WriteAsync(System.Text.Json.JsonSerializer.SerializeToNode(plan, ApiJson.Options)!, StatusCodes.Status200OK);
    }

    private async Task<FleetPlanView> PlanAsync(StoredFleet fleet, ImmutableArray<ManifestFile> files, string? commit, string? subject, string? digest, long size, ServiceRequest request)
    {
        await _planning.WaitAsync(request.Aborted);
        try
        {
            return new(fleet.Name, commit, subject, digest, size, await planning.PlanAsync(fleet.Fleet, files, digest, size, ApiRoute.Text(request, "device"), request.Aborted));
        }
        finally
        {
            _planning.Release();
        }
    }

    // A replica that does not fetch for all fetches what it is asked for.
    private async Task<(RepositoryMirror Mirror, string Commit)> MirrorAsync(string name, string commit, CancellationToken cancellation)
    {
        var repository = await repositories.FindAsync(name, cancellation) ?? throw new FetchException(FetchReasons.NotFound, $"there is no repository {name}");
        if (repositories.Refusal(repository.Repository) is { } refusal)
            throw new FetchException(FetchReasons.Refused, refusal);
        var mirror = mirrors.Of(repository);
        if (mirror.FindCommit(commit) is { } known)
            return (mirror, known);
        await mirror.FetchAsync(cancellation);
        return (mirror, mirror.FindCommit(commit) ?? throw new FetchException(FetchReasons.NotFound, $"no branch or tag of {name} has a commit {GitText.Clean(commit)}"));
    }

    private async Task<StoredFleet> FindAsync(ServiceRequest request) =>
        await fleets.FindAsync(request.Path[3], request.Aborted) ?? throw new ServiceException(ServiceError.ResourceNotFound, $"there is no fleet {request.Path[3]}");
}
