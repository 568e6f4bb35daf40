using System.Security.Cryptography;
using EdgeOperator.Hub.Fleets;
using EdgeOperator.Hub.Repositories;
using EdgeOperator.Hub.Rest;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Service;
using EdgeOperator.Platform.Files;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeOperator.Hub.Api;

/// <summary>Repositories that the hub follows. Administrators decide which: a hub fetches from where they say, with the credentials that it has.</summary>
internal sealed partial class RepositoryRoutes(RepositoryCatalog catalog, RepositoryStates states, FleetCatalog fleets, RepositoryController controller, ILogger<RepositoryRoutes> log)
{
    private const string One = "repositories/{repository}";

    /// <summary>As much as GitHub sends.</summary>
    private const long LargestCall = 25 * 1024 * 1024;

    private const int LongestSecret = 16 * 1024;
    private const int NobodysSecret = 32;

    public IEnumerable<ServiceRoute> Routes =>
    [
        ApiRoute.Get("repositories", "Repositories, in the order of their names", ListAsync) with { Reach = RouteReach.Many },
        ApiRoute.Get(One, "One repository", async request =>
        {
            request.Need(Rights.View | Rights.RegistryRead);
            var repository = await FindAsync(request);
            var view = await ViewAsync(repository, request.Aborted);
            return request.Scope is { } scope ? Seen(view, scope) ?? throw NotFound(repository.Name) : view;
        }) with { Reach = RouteReach.Many },
        ApiRoute.Send<RepositoryBody, RepositoryView>("PUT", One, "Follow a repository, or change how", WriteAsync),
        ApiRoute.Do("DELETE", One, "Follow a repository no more; its fleets stay, and whoever may can change them", RemoveAsync),
        ApiRoute.Offer<SyncBody, RepositoryView>("POST", One + "/sync", "Fetch it now", SyncAsync),
        ApiRoute.Offer<RemovalApprovalBody, RepositoryView>("POST", One + "/approve", "Let the commit be taken that would remove much", ApproveAsync),
        ApiRoute.Do("POST", "webhooks/{repository}", "For Git servers: something was pushed", PushedAsync) with { IsOpen = true },
    ];

    private async Task<RepositoryList> ListAsync(ServiceRequest request)
    {
        request.Need(Rights.View | Rights.RegistryRead);
        var items = new List<RepositoryView>();
        await foreach (var repository in catalog.AllAsync(request.Aborted))
        {
            var view = await ViewAsync(repository, request.Aborted);
            if ((request.Scope is { } scope ? Seen(view, scope) : view) is { } seen)
                items.Add(seen);
        }

        return new(items);
    }

    /// <returns>What there is of a repository for a role that is limited to fleets; null when it has none of them.</returns>
    private static RepositoryView? Seen(RepositoryView view, FleetScope scope) =>
        view.Fleets.Where(scope.HasFleet).ToArray() is { Length: > 0 } own ? view with { Fleets = own } : null;

    private async Task<RepositoryView> WriteAsync(ServiceRequest request, RepositoryBody body)
    {
        var actor = request.Need(Rights.Administrate);
        var written = await catalog.WriteAsync(request.Path[3], body.Spec, actor, request.Aborted);
        controller.Request(written.Name, actor, "it was written");
        return await ViewAsync(written, request.Aborted);
    }

    private async Task RemoveAsync(ServiceRequest request)
    {
        request.Need(Rights.Administrate);
        var repository = await FindAsync(request);
        await catalog.RemoveAsync(repository.Name, request.Aborted);
        await states.RemoveAsync(repository.Name, request.Aborted);
        await fleets.ReleaseAsync(repository.Name, request.Aborted);
    }

    private async Task<RepositoryView> SyncAsync(ServiceRequest request, SyncBody? body)
    {
        var actor = request.Need(Rights.RegistryWrite);
        var repository = await FindAsync(request);
        if (body?.AllowRewind == true)
        {
            request.Need(Rights.Administrate);
            await states.ChangeAsync(repository.Name, state => state with { AllowRewind = true }, null, request.Aborted);
        }

        controller.Request(repository.Name, actor, $"asked for{(body?.AllowRewind == true ? ", a rewind is accepted once" : "")}");
        return await ViewAsync(repository, request.Aborted);
    }

    private async Task<RepositoryView> ApproveAsync(ServiceRequest request, RemovalApprovalBody? body)
    {
        var actor = request.Need(Rights.RegistryWrite);
        var repository = await FindAsync(request);
        var state = await states.ReadAsync(repository.Name, request.Aborted);
        if (state.Pending is not { } pending)
            throw new ServiceException(ServiceError.InvalidOperation, $"Repository/{repository.Name} waits for no approval: {state.Message}");
        if (body?.Commit is { } meant && meant != pending)
            throw new ServiceException(ServiceError.InvalidOperation, $"Repository/{repository.Name} waits with another commit, {pending}: {state.Message}");
        await states.ChangeAsync(repository.Name, stored => stored.Pending == pending ? stored with { Approved = pending } : stored, null, request.Aborted);
        controller.Request(repository.Name, actor, $"{pending} is approved");
        return await ViewAsync(repository, request.Aborted);
    }

    // Nobody is told which repositories there are, by no other answer or time either.
    private async Task PushedAsync(ServiceRequest request)
    {
        request.Http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = LargestCall;
        var secret = await SecretAsync(request);
        if (!await WebhookProof.IsGoodAsync(request.Http.Request.Headers, request.Http.Request.Body, secret ?? RandomNumberGenerator.GetBytes(NobodysSecret), request.Aborted) || secret is null)
            throw new ServiceException(ServiceError.IotHubUnauthorizedAccess, "Unauthorized");
        controller.Request(request.Path[3], null, "its server says that something was pushed", SyncCause.Webhook);
    }

    private async Task<byte[]?> SecretAsync(ServiceRequest request)
    {
        if (await catalog.FindAsync(request.Path[3], request.Aborted) is not { } repository)
            return null;
        try
        {
            if (repository.Repository.WebhookSecretFile is not { } file || catalog.Refusal(repository.Repository) is not null)
                return null;
            var secret = ReferencedFile.ReadText(file, LongestSecret).Trim();
            return secret.Length == 0 ? null : System.Text.Encoding.UTF8.GetBytes(secret);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            SecretUnreadable(log, repository.Name, e);
            return null;
        }
    }

    private async Task<RepositoryView> ViewAsync(StoredRepository repository, CancellationToken cancellation)
    {
        var owned = await fleets.AllAsync(cancellation).Where(fleet => fleet.Owner?.Repository == repository.Name).Select(fleet => fleet.Name).ToListAsync(cancellation);
        return RepositoryView.Of(repository, await states.ReadAsync(repository.Name, cancellation), owned);
    }

    private async Task<StoredRepository> FindAsync(ServiceRequest request) =>
        await catalog.FindAsync(request.Path[3], request.Aborted) ?? throw NotFound(request.Path[3]);

    private static ServiceException NotFound(string name) => new(ServiceError.ResourceNotFound, $"there is no repository {name}");
}
