using System.Collections.Immutable;
using System.Runtime.Versioning;
using EdgeOperator.Agent.Kinds.FunctionApp.Packages;
using EdgeOperator.Agent.Kinds.FunctionApp.Publishing;
using EdgeOperator.Agent.Secrets;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;
using EdgeOperator.Platform.Files;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.FunctionApp;

/// <summary>Carries steps out on apps and their hosts. Doing a step twice does no harm.</summary>
[SupportedOSPlatform("linux")]
internal sealed class FunctionAppExecutor(
    AppFolders folders, PackageInstaller installer, PublishedDeployments published, HostProgram host, ProcessSupervisor supervisor, ControlGroups groups, HostClients hosts, SecretVault secrets, MemoryFolder memory, TimeProvider time)
{
    /// <summary>Longer than a host gives its requests to end. What it has not finished by then it does again, or never began.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(35);

    /// <summary>Bytes for the host itself.</summary>
    private const long HostMemory = 256L * 1024 * 1024;

    /// <summary>What of the agent's own environment concerns its hosts as well.</summary>
    private static readonly string[] Inherited =
        ["PATH", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"];

    private static readonly StepOutcome Done = new StepOutcome.Succeeded();

    public static bool Handles(Step step) => step is InstallApp or ServeApp or StopApp or RemoveGeneration or ConcludeDeployment;

    public async Task<StepOutcome> ExecuteAsync(Step step, DesiredState desired, CancellationToken cancellation)
    {
        try
        {
            return step switch
            {
                InstallApp install => await InstallAsync(install),
                ServeApp serve when desired.Resources.GetValueOrDefault(serve.Resource) is FunctionAppResource app =>
                    await ServeAsync(serve.Published is { } package ? PublishedPackages.With(app, package) : app, cancellation),
                ServeApp => new StepOutcome.Terminal("NotDesired", $"{step.Resource} is not desired, so there is nothing to serve"),
                StopApp => await StopAsync(folders[step.Resource.Name], cancellation),
                ConcludeDeployment conclude => await Task.Run(() => Conclude(conclude), cancellation),
                RemoveGeneration remove => await Task.Run(() => Remove(remove), cancellation),
                _ => throw new ArgumentOutOfRangeException(nameof(step), step.Id, "not a step of this driver"),
            };
        }
        catch (SecretUnavailableException e)
        {
            return new StepOutcome.Retry(SecretUnavailableException.Reason, e.Message);
        }
        catch (SecretException e)
        {
            return new StepOutcome.Retry("SecretUnreadable", e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new StepOutcome.Retry("HostNotStarted", e.Message);
        }
    }

    private async Task<StepOutcome> InstallAsync(InstallApp install)
    {
        var outcome = await installer.AskAsync(install);

        // Its publisher waits for an answer; a fault of the device is retried as usual.
        if (install.Package is FunctionPackage.Published package && outcome is StepOutcome.Retry { Fault: not Fault.Device } failure)
            published.Reject(package, failure.Message);
        return outcome;
    }

    private StepOutcome Conclude(ConcludeDeployment step)
    {
        published.Conclude(step);
        return Done;
    }

    private async Task<StepOutcome> ServeAsync(FunctionAppResource app, CancellationToken cancellation)
    {
        var user = AppUser.Resolve(app.App.User, out var problem);
        if (problem is not null)
            return new StepOutcome.Retry("UserUnknown", problem);
        if (host.Find() is not { } program)
            return new StepOutcome.Retry("HostMissing", host.NotFound);

        var folder = folders.Create(app.Id.Name);
        if (folder.HasTooLongSocket)
            return new StepOutcome.Terminal("PathTooLong", $"the socket {folder.Socket} has too long a path: give the app a shorter name, or set functions.directory to a shorter one");
        var group = GroupOf(app.Id.Name);
        var settings = RequestWriter.Reveal(app.App, secrets);
        if (settings is not null)
            memory.Write(group, [new(RequestWriter.SecretSettings, settings, AtomicFile.Private)], user is null ? null : new FileOwner(user.User, user.Group));
        var request = RequestWriter.Write(app, folder, settings is null ? null : Path.Combine(memory.PathOf(group, forOthers: user is not null), RequestWriter.SecretSettings));
        AppHome.Prepare(folder, user);
        new PackageFiles(folder, app.App.Package.Hash).Touch(time.GetUtcNow());
        StateFile.ClearForFile(folder.Request);
        StateFile.ClearForFile(folder.Generation);
        AtomicFile.Write(folder.Request, request, owner: user is null ? null : new FileOwner(user.User, user.Group));
        AtomicFile.Write(folder.Generation, System.Text.Encoding.UTF8.GetBytes(app.SpecHash));

        // Written first: a host that starts now reads the request, and one that runs is notified of it.
        if (supervisor.Adopt(folder.Path) is not null)
        {
            _ = Limit(app);
            return await hosts.Of(folder).PutAsync(request, cancellation) ? Done : new StepOutcome.Pending($"the host of {app.Id} does not answer yet");
        }

        await supervisor.StartAsync(Launch(app, folder, program, user), cancellation);
        return Done;
    }

    private Launch Launch(FunctionAppResource app, AppFolder folder, ImmutableArray<string> program, ProcessUser? user)
    {
        var environment = ImmutableSortedDictionary.CreateBuilder<string, string>();
        foreach (var name in Inherited)
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
                environment[name] = value;
        }

        environment["HOME"] = folder.Home;
        environment["LANG"] = "C.UTF-8";

        // No debugger's socket.
        environment["DOTNET_EnableDiagnostics"] = "0";
        return new(folder.Path, program[0], [.. program[1..], "host", "--home", folder.Home], environment.ToImmutable())
        {
            WorkingDirectory = folder.Path,
            User = user,
            Label = app.App.User ?? "",
            ControlGroup = Limit(app),
        };
    }

    /// <summary>Room for every worker of two generations, one of which replaces the other; the host itself keeps each to its limit.</summary>
    private string? Limit(FunctionAppResource app)
    {
        var spec = app.App;
        if (spec is { Cpus: null, Memory: null })
        {
            groups.Remove(GroupOf(app.Id.Name));
            return null;
        }

        return groups.Prepare(GroupOf(app.Id.Name), spec.Cpus, spec.Memory is { } each ? (2 * each * (spec.Instances + (spec.Standby ? 1 : 0))) + HostMemory : null);
    }

    private async Task<StepOutcome> StopAsync(AppFolder folder, CancellationToken cancellation)
    {
        // First of all: an agent that is killed in the middle must not take the host's end for a crash.
        StateFile.Delete(folder.Generation);
        await supervisor.StopAsync(folder.Path, StopGrace, cancellation);
        StateFile.Delete(folder.Request);
        memory.Delete(GroupOf(folder.Name));
        groups.Remove(GroupOf(folder.Name));
        return Done;
    }

    private StepOutcome Remove(RemoveGeneration step)
    {
        new PackageFiles(folders[step.Resource.Name], step.Package).Remove();
        return Done;
    }

    private static string GroupOf(string app) => $"app-{app}";
}
