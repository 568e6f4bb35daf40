using System.Collections.Immutable;

namespace EdgeOperator.Core.Protocol;

/// <summary>What <c>POST /v1/restart</c> answers.</summary>
/// <param name="Note">A note; null for none.</param>
public sealed record RestartAnswer(string? Note);

/// <summary>What went wrong with a request, as RFC 9457 problem JSON.</summary>
/// <param name="Title">The HTTP status as text.</param>
/// <param name="Status">The HTTP status code.</param>
/// <param name="Reason">One CamelCase word, stable, for programs.</param>
/// <param name="Detail">What, and what to do about it.</param>
public sealed record ProblemDocument(string Title, int Status, string Reason, string Detail)
{
    public const string MediaType = "application/problem+json";

    public string Type { get; init; } = "about:blank";
}

/// <summary>What <c>POST /v1/updates/now</c> answers.</summary>
/// <param name="Updates">The names of the SystemUpdates whose windows do not count for now.</param>
public sealed record UpdateAnswer(ImmutableArray<string> Updates);

/// <summary>The answer to a roll-back.</summary>
/// <param name="Revision">The revision that is now held.</param>
public sealed record RollbackAnswer(string Revision);
