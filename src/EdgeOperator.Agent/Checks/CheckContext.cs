using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Checks;

/// <summary>What checks may know.</summary>
/// <param name="Status">Of the running agent; null where none answers.</param>
/// <param name="Absence">Why no agent answers; null where one does.</param>
/// <param name="EnrolledFile">Where the certificate lies that the device has enrolled for at a twin source, by the source's name.</param>
internal sealed record CheckContext(AgentConfiguration Configuration, DeviceStatus? Status, string? Absence, Func<string, string> EnrolledFile, TimeProvider Time)
{
    /// <summary>Whether containers are to run on the device, as far as that is known.</summary>
    public bool NeedsEngine => Status?.Resources.Any(resource => resource.Kind == KindNames.EdgeModule) ?? true;
}

/// <summary>Looks at one part of the device. It changes nothing.</summary>
internal delegate Task<IEnumerable<CheckResult>> Check(CheckContext context, CancellationToken cancellation);
