using System.Collections.Immutable;
using EdgeOperator.Agent.Engine;
using EdgeOperator.Agent.Execution;
using EdgeOperator.Agent.Kinds.EdgeModule.Images.Verification;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.EdgeModule.Compiling;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Kinds.EdgeModule.Images;

/// <summary>Pulls images, by steps in the background.</summary>
/// <param name="wake">Called with the reason for a pass when a pull has ended.</param>
internal sealed partial class ImagePuller(
    IContainerEngine engine, RegistryCredentials credentials, PulledImages pulled, ImageAdmission admission, Action<string> wake, TimeProvider time, ILogger<ImagePuller> logger)
    : IAsyncDisposable
{
    /// <summary>More at once would share one line and one disk.</summary>
    private const int PullsAtOnce = 3;

    private const string NotVerified = "ImageNotVerified";

    private readonly ImageVerifier _verifier = new(credentials);
    private readonly BackgroundSteps _background = new(wake, time, logger);
    private readonly SemaphoreSlim _places = new(PullsAtOnce);

    /// <summary>How long a pull may make no progress before it is given up.</summary>
    public TimeSpan StalledAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Starts a pull, or returns its progress or its outcome.</summary>
    /// <param name="fromManifests">The manifests' credentials for registries.</param>
    public Task<StepOutcome> AskAsync(PullImage step, ImmutableArray<RegistryCredential> fromManifests) => _background.AskAsync(step, async (report, cancellation) =>
    {
        report($"pulling {step.Image}");
        var outcome = await TryAsync(step.Image, fromManifests, report, cancellation);
        return outcome is StepOutcome.Retry { Reason: not NotVerified } failure && step.Optional && await IsLocalAsync(step.Image, cancellation)
            ? new StepOutcome.Succeeded($"the local copy is used: {failure.Message}")
            : outcome;
    });

    /// <summary>Cancels all other pulls than these.</summary>
    public void Retain(IEnumerable<PullImage> pulls) => _background.Retain(pulls);

    /// <summary>The progress of an image's pull; null when there is none under way.</summary>
    public TransferProgress? ProgressOf(string image)
    {
        var wanted = ImageReference.Normalize(image);
        return _background.TransferOf(step => step is PullImage pull && ImageReference.Normalize(pull.Image) == wanted);
    }

    public async ValueTask DisposeAsync()
    {
        await _background.DisposeAsync();
        _places.Dispose();
    }

    private async Task<StepOutcome> TryAsync(string image, ImmutableArray<RegistryCredential> fromManifests, ReportProgress report, CancellationToken cancellation)
    {
        try
        {
            await _places.WaitAsync(cancellation);
            try
            {
                return admission.RuleFor(image) is { Mode: ImageVerification.Reject } rule
                    ? new StepOutcome.Terminal("ImageRejected", $"{image} is refused by the rule for {rule.Match} of images.verify in the agent's configuration")
                    : new StepOutcome.Succeeded(await FetchAsync(image, fromManifests, report, cancellation));
            }
            finally
            {
                _places.Release();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return IoFailure.Of(e, e.Message, "StateUnwritable");
        }
        catch (CredentialsException e)
        {
            return new StepOutcome.Retry("RegistryCredentialsInvalid", e.Message) { IsStalled = true };
        }
        catch (ImageNotVerifiedException e)
        {
            return new StepOutcome.Retry(NotVerified, e.Message) { IsStalled = true };
        }
        catch (PublicKeyException e)
        {
            return new StepOutcome.Retry("PublicKeyInvalid", e.Message) { IsStalled = true };
        }
        catch (RegistryException e)
        {
            return PullFailure.Classify(image, e.Message);
        }
        catch (EngineException e) when (e is { IsUnavailable: true, InnerException: OperationCanceledException })
        {
            return new StepOutcome.Retry("PullStalled", $"{image} could not be pulled: no progress for {StalledAfter.TotalSeconds:0} s");
        }
        catch (EngineException e)
        {
            return e.IsUnavailable ? EngineFailure.Unavailable(e) : PullFailure.Classify(image, e.Message);
        }
    }

    /// <returns>What was done, with the digest.</returns>
    private async Task<string> FetchAsync(string image, ImmutableArray<RegistryCredential> fromManifests, ReportProgress report, CancellationToken cancellation)
    {
        var state = new PullState();
        var wanted = ImageReference.TryParse(image, out var reference, out _) && admission.RuleFor(image) is { } rule
            ? await _verifier.VerifyAsync(reference, rule, fromManifests, cancellation)
            : null;
        var source = wanted is null ? image : $"{reference!.Registry}/{reference.Repository}@{wanted.Digest}";
        var before = (await engine.ListImagesAsync(cancellation)).Select(known => known.Id).ToHashSet();
        await foreach (var message in engine.PullImageAsync(source, credentials.HeaderFor(image, fromManifests), StalledAfter, cancellation))
        {
            if (message.Error is { } error)
            {
                throw new EngineException(System.Net.HttpStatusCode.OK, error);
            }

            state.Add(message);
            report(state.Describe(image), state.Progress);
        }

        var got = await engine.InspectImageAsync(source, cancellation)
            ?? throw new EngineException(System.Net.HttpStatusCode.NotFound, "the engine reports success, yet does not have the image");
        var isNew = !before.Contains(got.Id);
        if (isNew || pulled.Ids.Contains(got.Id))
        {
            Remember(got.Id, image);
        }

        if (wanted is not null)
        {
            admission.Verified.Add(got.Id, wanted, before.Append(got.Id).ToHashSet());
            if (reference!.Digest is null)
            {
                await engine.TagImageAsync(got.Id, reference.FamiliarName, reference.Tag!, cancellation);
            }
        }

        var digest = state.Digest ?? got.RepoDigests?.OfType<string>().Select(reference => reference[(reference.IndexOf('@') + 1)..]).FirstOrDefault() ?? got.Id;
        return $"{(isNew ? $"pulled {image}" : $"{image} is up to date")} ({digest}{(wanted is null ? "" : ", signature verified")})";
    }

    private void Remember(string id, string image)
    {
        try
        {
            pulled.Add(id, ImageReference.Normalize(image));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotRemembered(image, e.Message);
        }
    }

    private async Task<bool> IsLocalAsync(string image, CancellationToken cancellation)
    {
        try
        {
            return await engine.InspectImageAsync(image, cancellation) is { } local && admission.Admits(image, local.Id);
        }
        catch (EngineException)
        {
            return false;
        }
    }
}
