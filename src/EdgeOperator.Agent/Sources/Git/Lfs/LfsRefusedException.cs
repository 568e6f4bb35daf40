namespace EdgeOperator.Agent.Sources.Git.Lfs;

/// <summary>The server, or its lack, does not let the files be had; asking again at once would change nothing.</summary>
internal sealed class LfsRefusedException(string message) : Exception(message);
