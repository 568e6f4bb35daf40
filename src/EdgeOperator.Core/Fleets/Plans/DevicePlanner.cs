using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Snapshots;
using EdgeOperator.Core.Twins;

namespace EdgeOperator.Core.Fleets.Plans;

/// <summary>
/// Plans one revision for many devices, each from its snapshot, by the planner that the devices use. Manifests are read once for all devices
/// that they mean the same for. For one thread.
/// </summary>
/// <param name="revision">What the desired states are called; no device knows it.</param>
/// <param name="source">Of the revision, in the devices' twins.</param>
/// <param name="files">The revision's files.</param>
public sealed partial class DevicePlanner(KindSet kinds, string revision, string source, ImmutableArray<ManifestFile> files)
{
    /// <summary>Bytes of manifests whose readings are kept; what is read of them takes about eight times as many.</summary>
    private const long MostText = 4 * 1024 * 1024;
    private const int LeastKept = 8;
    private const int MostKept = 2048;

    private readonly Dictionary<string, ReadResult> _read = new(StringComparer.Ordinal);
    private readonly Dependence _dependence = Dependence.Of(files);
    private readonly ManifestSource _source = new(source, files) { Parsed = new() };

    /// <param name="before">What else the device's twin has it made of, in ascending precedence.</param>
    /// <param name="after">The same, of greater precedence than the revision.</param>
    /// <param name="given">Labels and variables that the twin gives the device; null for none.</param>
    public DevicePlan Plan(DeviceSnapshot snapshot, ImmutableArray<ManifestSource> before, ImmutableArray<ManifestSource> after, ManifestFile? given)
    {
        var problems = new ProblemCollector();
        var device = given is null ? snapshot.Device : TwinDevice.Applied(snapshot.Device, [given], problems);
        if (problems.Count > 0)
            return DevicePlan.Invalid([.. problems.SortedProblems.Select(problem => problem.ToString())]);
        var read = Read(
            new(device) { Secrets = snapshot.SecretOpener }, [.. before, _source, .. after], before.IsEmpty && after.IsEmpty && !_dependence.OnSecrets);
        return read.State is { } state ? Of(snapshot.PlanFor(kinds, state)) : DevicePlan.Invalid([.. read.Problems.Select(problem => problem.ToString())]);
    }

    private ReadResult Read(RenderContext context, IReadOnlyList<ManifestSource> sources, bool isShared)
    {
        if (!isShared)
            return ManifestReader.Read(kinds.Manifests, revision, sources, context);
        var key = _dependence.KeyOf(context.Device!);
        if (_read.TryGetValue(key, out var known))
            return known;
        if (_read.Count >= Math.Clamp(MostText / Math.Max(1, _dependence.Text), LeastKept, MostKept))
            _read.Clear();
        return _read[key] = ManifestReader.Read(kinds.Manifests, revision, sources, context);
    }

    private static DevicePlan Of(Plan plan)
    {
        var steps = plan.Steps.Where(step => step is not (Milestone or AwaitReady)).ToArray();
        return new(
            [.. steps.Select(Line).Distinct()],
            [.. plan.Blocked.Where(block => block.IsProblem).Select(block => $"{block.Resource}: {block.Message}")],
            steps.Where(step => step.IsStop || step.IsRestart).Select(step => step.Resource).Distinct().Count(),
            [.. steps.OfType<Fetch>().Select(fetch => fetch is PullImage pull ? pull.Image : Line(fetch)).Distinct()])
        {
            IsInvalid = plan.Blocked.Any(block => block.IsProblem && (block.Reason.IsForGood() || block.Reason == BlockedReason.SecretUnreadable)),
        };
    }

    // Containers and images have other ids on each device.
    private static string Line(Step step) => Ids().Replace(step.Id, "").TrimEnd();

    [GeneratedRegex(@" (sha256:)?[0-9a-f]{12,}\b")]
    private static partial Regex Ids();

    /// <summary>What of a device manifests depend on, as far as a look at their text can tell: at most more than they really do.</summary>
    /// <param name="Text">Bytes of the manifests.</param>
    private sealed record Dependence(bool OnName, bool OnLabels, bool OnVars, bool OnSecrets, long Text)
    {
        public static Dependence Of(ImmutableArray<ManifestFile> files)
        {
            var manifests = files.Where(file => file.IsManifest ?? Path.GetExtension(file.Path).ToLowerInvariant() is ".yaml" or ".yml" or ".json").ToArray();

            // Deployments of IoT Edge name variables without a word before them.
            var hasPlaceholders = Has("modulesContent"u8) && Has("$"u8);
            return new(
                hasPlaceholders || Has("device.name"u8),
                hasPlaceholders || Has("device.labels"u8) || Has("deviceSelector"u8),
                hasPlaceholders || Has("vars."u8),
                Has("Secret"u8),
                manifests.Sum(file => (long)file.Content.Length));

            bool Has(ReadOnlySpan<byte> text)
            {
                foreach (var file in manifests)
                    if (file.Content.Span.IndexOf(text) >= 0)
                        return true;
                return false;
            }
        }

        public string KeyOf(DeviceIdentity device)
        {
            if (!OnName && !OnLabels && !OnVars)
                return "";
            var text = new StringBuilder();
            if (OnName)
                text.Append(device.Name);
            if (OnLabels)
                Append(device.Labels);
            text.Append('\n');
            if (OnVars)
                Append(device.Vars);
            return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));

            void Append(ImmutableSortedDictionary<string, string> values)
            {
                foreach (var (name, value) in values)
                    text.Append('\0').Append(name).Append('\0').Append(value);
            }
        }
    }
}
