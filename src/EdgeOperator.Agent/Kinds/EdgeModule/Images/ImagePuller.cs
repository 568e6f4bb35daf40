using System.Collections.Concurrent;
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

/// <summary>
/// Pulls images in the background. Asking for one starts its pull or says how far it is; what came of it is told once,
/// and asking again after a failure tries again.
/// </summary>
/// <param name="wake">Told in a few words when a pull is over.</param>
internal sealed partial class ImagePuller(
    IContainerEngine engine, RegistryCredentials credentials, PulledImages pulled, ImageAdmission admission, Action<string> wake, ILogger<ImagePuller> logger)
    : IAsyncDisposable
{
    /// <summary>More at once would share one line and one disk.</summary>
    private const int PullsAtOnce = 3;

    private const string NotVerified = "ImageNotVerified";

    private readonly ImageVerifier _verifier = new(credentials);
    private readonly ConcurrentDictionary<string, Pull> _pulls = new();
    private readonly SemaphoreSlim _places = new(PullsAtOnce);

    /// <summary>How long a pull may make no progress before it is given up.</summary>
    public TimeSpan StalledAfter { get; init; } = TimeSpan.FromMinutes(2);

    public async Task<StepOutcome> AskAsync(PullImage step, CancellationToken cancellation)
    {
        var image = ImageReference.Normalize(step.Image);
        if (!_pulls.TryGetValue(image, out var pull))
        {
            pull = new();
            _pulls[image] = pull;
            pull.Task = PullAsync(step.Image, pull.State, pull.End.Token);
            _ = WakeAfterAsync(step.Image, pull.Task);
            return Pending(step.Image, pull.State);
        }

        if (!pull.Task.IsCompleted)
        {
            return Pending(step.Image, pull.State);
        }

        _pulls.TryRemove(image, out _);
        var outcome = await pull.Task;
        return outcome is StepOutcome.Retry { Reason: not NotVerified } failure && step.Optional && await IsLocalAsync(step.Image, cancellation)
            ? new StepOutcome.Succeeded($"the local copy is used: {failure.Message}")
            : outcome;
    }

    /// <summary>Gives up pulls of other images than these.</summary>
    public void Retain(IEnumerable<string> images)
    {
        var wanted = images.Select(ImageReference.Normalize).ToHashSet();
        foreach (var image in _pulls.Keys.Where(image => !wanted.Contains(image)))
        {
            if (_pulls.TryRemove(image, out var pull))
            {
                pull.End.Cancel();
            }
        }
    }

    /// <summary>How far an image's pull is; null when there is none under way.</summary>
    public TransferProgress? ProgressOf(string image) =>
        _pulls.TryGetValue(ImageReference.Normalize(image), out var pull) && !pull.Task.IsCompleted ? pull.State.Progress : null;

    public async ValueTask DisposeAsync()
    {
        var pulls = _pulls.Values.ToList();
        Retain([]);
        await Task.WhenAll(pulls.Select(pull => pull.Task));
        _places.Dispose();
    }

    private static StepOutcome.Pending Pending(string image, PullState state) => new(state.Describe(image), state.Progress.Done);

    private async Task WakeAfterAsync(string image, Task<StepOutcome> pull)
    {
        if (await pull is not StepOutcome.Pending)
        {
            wake($"the pull of {image} is over");
        }
    }

    private async Task<StepOutcome> PullAsync(string image, PullState state, CancellationToken cancellation)
    {
        var outcome = await TryAsync(image, state, cancellation);
        switch (outcome)
        {
            case StepOutcome.Succeeded { Note: { } note }:
                LogPulled(note);
                break;
            case StepOutcome.Terminal failure:
                LogFailed(failure.Reason, failure.Message);
                break;
            case StepOutcome.Retry failure:
                LogFailed(failure.Reason, failure.Message);
                break;
            default:
                break;
        }

        return outcome;
    }

    private async Task<StepOutcome> TryAsync(string image, PullState state, CancellationToken cancellation)
    {
        // Whoever asks must not wait for the first answer.
        await Task.Yield();
        try
        {
            await _places.WaitAsync(cancellation);
            try
            {
                return admission.RuleFor(image) is { Mode: ImageVerification.Reject } rule
                    ? new StepOutcome.Terminal("ImageRejected", $"{image} is refused by the rule for {rule.Match} of images.verify in the agent's configuration")
                    : new StepOutcome.Succeeded(await FetchAsync(image, state, cancellation));
            }
            finally
            {
                _places.Release();
            }
        }
        catch (OperationCanceledException)
        {
            return new StepOutcome.Pending($"the pull of {image} was given up");
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

    /// <returns>What was done, in words, with the digest.</returns>
    private async Task<string> FetchAsync(string image, PullState state, CancellationToken cancellation)
    {
        var wanted = ImageReference.TryParse(image, out var reference, out _) && admission.RuleFor(image) is { } rule
            ? await _verifier.VerifyAsync(reference, rule, cancellation)
            : null;
        var source = wanted is null ? image : $"{reference!.Registry}/{reference.Repository}@{wanted.Digest}";
        var before = (await engine.ListImagesAsync(cancellation)).Select(known => known.Id).ToHashSet();
        await foreach (var message in engine.PullImageAsync(source, credentials.HeaderFor(image), StalledAfter, cancellation))
        {
            if (message.Error is { } error)
            {
                throw new EngineException(System.Net.HttpStatusCode.OK, error);
            }

            state.Add(message);
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

    private sealed class Pull
    {
        public CancellationTokenSource End { get; } = new();

        public PullState State { get; } = new();

        public Task<StepOutcome> Task { get; set; } = System.Threading.Tasks.Task.FromResult<StepOutcome>(new StepOutcome.Pending(""));
    }
}
