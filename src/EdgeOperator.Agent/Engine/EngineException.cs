using System.Net;

namespace EdgeOperator.Agent.Engine;

/// <summary>A container engine refused, failed or can't be reached.</summary>
/// <param name="status">The engine's answer, or null when there was none.</param>
/// <param name="message">The engine's own message, or why there is no answer; one line, cut where it is very long.</param>
public sealed class EngineException(HttpStatusCode? status, string message, Exception? inner = null)
    : Exception(OneLine(message), inner)
{
    /// <summary>Characters; an engine is free to say more.</summary>
    private const int LongestMessage = 2000;

    public HttpStatusCode? Status { get; } = status;

    /// <summary>The engine gave no answer: it is down, hangs, or was cut off.</summary>
    public bool IsUnavailable => Status is null;

    public bool IsNotFound => Status == HttpStatusCode.NotFound;

    public bool IsConflict => Status == HttpStatusCode.Conflict;

    private static string OneLine(string message) => string.Join(' ', (message.Length > LongestMessage ? message[..LongestMessage] + "…" : message).Split((char[])['\r', '\n', '\t', ' '], StringSplitOptions.RemoveEmptyEntries));
}
