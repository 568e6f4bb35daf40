using System.Collections.Immutable;

namespace EdgeOperator.Core.Manifests.Definitions;

/// <summary>What every device-side kind has under <c>spec</c>; <see cref="CommonFields"/> says what it means.</summary>
internal sealed record CommonSpec(ImmutableArray<string> DependsOn, bool Suspend, TimeSpan? HealthTimeout = null);
