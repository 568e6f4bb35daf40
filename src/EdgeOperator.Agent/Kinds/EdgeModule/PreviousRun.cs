using System.Globalization;
using System.Text;
using EdgeOperator.Agent.Engine;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Kinds.EdgeModule;

/// <summary>
/// The log of whatever of a module ended last: an earlier run of its container, another container that stands beside it, or one
/// that was removed.
/// </summary>
internal sealed class PreviousRun(IContainerEngine engine, PreviousLogs removed)
{
    /// <exception cref="ControlException">Nothing of the module has ended yet.</exception>
    public async Task CopyAsync(ResourceId module, IEnumerable<ContainerDetails> containers, LogOptions options, Stream output, CancellationToken cancellation)
    {
        var ended = containers
            .Select(container => (Container: container, End: ContainerFacts.UnlessNever(container.State?.FinishedAt)))
            .Where(found => found.End is not null)
            .OrderByDescending(found => found.End)
            .FirstOrDefault();
        if (removed.EndOf(module.Name) is { } end && (ended.Container is null || end > ended.End))
            await CopyRemovedAsync(module.Name, options, output, cancellation);
        else if (ended.Container is not null)
            await engine.CopyLogsAsync(ended.Container, options with { Follow = false, Until = ended.End }, output, cancellation);
        else
            throw new ControlException("NoLog", $"nothing of {module} has ended yet, so there is no earlier log");
    }

    private async Task CopyRemovedAsync(string module, LogOptions options, Stream output, CancellationToken cancellation)
    {
        try
        {
            var lines = removed.Read(module).Where(line => options.Since is not { } since || TimeOf(line) is not { } time || time >= since);
            foreach (var line in options.Tail is { } tail ? lines.TakeLast(tail) : lines)
                await output.WriteAsync(Encoding.UTF8.GetBytes((options.Timestamps ? line : Text(line)) + "\n"), cancellation);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new ControlException("NoLog", $"the log of the container that was removed can't be read: {e.Message}");
        }
    }

    private static string Text(string line) => TimeOf(line) is null ? line : line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..];

    private static DateTimeOffset? TimeOf(string line) =>
        line.IndexOf(' ', StringComparison.Ordinal) is var end and > 0 && DateTimeOffset.TryParse(line.AsSpan(0, end), CultureInfo.InvariantCulture, out var time) ? time : null;
}
