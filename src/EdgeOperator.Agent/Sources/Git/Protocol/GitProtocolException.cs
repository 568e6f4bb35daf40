namespace EdgeOperator.Agent.Sources.Git.Protocol;

/// <summary>A server's answer is not what Git's protocol v2 allows, or refuses the request.</summary>
internal sealed class GitProtocolException(string message) : Exception(message);
