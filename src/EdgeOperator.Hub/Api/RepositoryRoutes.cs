using System.Runtime.CompilerServices;
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

    /// <summary>Of one repository, that are named.</summary>
    private const int MostFleets = 20;

    private const int LongestSecret = 16 * 1024;
    private const int NobodysSecret = 32;

    public IEnumerable<ServiceRoute> Routes =>
    [
        ApiRoute.Get("repositories", "Repositories, in the order of their names", ListAsync, ListPage.LimitParameter, ListPage.ContinuationParameter) with { Reach = RouteReach.Many },
        ApiRoute.Get(One, "One repository", async request =>
        {
            request.Need(Rights.View | Rights.RegistryRead);
            var repository = await FindAsync(request);
            return request.Scope is { } scope
                ? (await OwnersAsync(scope, request.Aborted))[repository.Name].ToArray() is { Length: > 0 } own ? await ViewAsync(repository, own, own.Length, request.Aborted) : throw NotFound(repository.Name)
                : await ViewAsync(repository, request.Aborted);
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
        var page = ListPage.Of(request);
        var owners = request.Scope is { } scope ? await OwnersAsync(scope, request.Aborted) : null;
        var all = owners is null ? catalog.AllAsync(request.Aborted, page.After, page.Rows) : OfOwnersAsync(owners, page.After);
        var (found, continuation) = await page.TakeAsync(all, repository => repository.Name, request.Aborted);
        var items = new List<RepositoryView>();
        foreach (var repository in found)
            items.Add(owners?[repository.Name].ToArray() is { } own ? await ViewAsync(repository, own, own.Length, request.Aborted) : await ViewAsync(repository, request.Aborted));
        return new(items, continuation);
    }

    /// <summary>The fleets that a role is limited to, by the repositories that they come from.</summary>
    private async Task<ILookup<string, string>> OwnersAsync(FleetScope scope, CancellationToken cancellation)
    {
        var owned = new List<(string Repository, string Fleet)>();
        foreach (var name in scope.NamesAfter(""))
            if (await fleets.FindAsync(name, cancellation) is { Owner: { } owner })
                owned.Add((owner.Repository, name));
        return owned.ToLookup(one => one.Repository, one => one.Fleet, StringComparer.Ordinal);
    }

    private async IAsyncEnumerable<StoredRepository> OfOwnersAsync(ILookup<string, string> owners, string after, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        foreach (var name in owners.Select(owner => owner.Key).Where(name => string.CompareOrdinal(name, after) > 0).Order(StringComparer.Ordinal))
            if (await catalog.FindAsync(name, cancellation) is { } repository)
                yield return repository;
    }

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
        var (first, count) = await fleets.OwnedAsync(repository.Name, MostFleets, cancellation);
        return await ViewAsync(repository, first, count, cancellation);
    }

    private async Task<RepositoryView> ViewAsync(StoredRepository repository, IReadOnlyList<string> first, long count, CancellationToken cancellation) =>
        RepositoryView.Of(repository, await states.ReadAsync(repository.Name, cancellation), first, count);

    private async Task<StoredRepository> FindAsync(ServiceRequest request) =>
        await catalog.FindAsync(request.Path[3], request.Aborted) ?? throw NotFound(request.Path[3]);

    private static ServiceException NotFound(string name) => new(ServiceError.ResourceNotFound, $"there is no repository {name}");
}
